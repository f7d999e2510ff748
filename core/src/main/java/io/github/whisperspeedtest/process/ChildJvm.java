package io.github.whisperspeedtest.process;

import com.fasterxml.jackson.databind.JavaType;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks in JVMs of their own: the Java of this JVM, by default with its class path.
 *
 * <p>However a child ends, the caller gets a {@link ChildOutcome}. A child never outlives its parent: not when the
 * parent ends, nor when it is killed. Immutable; any number of threads may run tasks at once.
 */
public final class ChildJvm {
    /** What a child JVM must have in common with this one to find the same files and libraries. */
    private static final List<String> JVM_PROPERTIES = List.of("java.io.tmpdir", "user.home", "java.library.path");

    private final List<Path> classPath;
    private final List<String> jvmArguments;
    private final Map<String, String> properties;
    private final @Nullable Duration timeLimit;
    private final Map<String, String> environment;
    private final @Nullable Path workingDirectory;

    private ChildJvm(Builder builder) {
        classPath = builder.classPath;
        jvmArguments = builder.jvmArguments;
        properties = builder.properties;
        timeLimit = builder.timeLimit;
        environment = builder.environment;
        workingDirectory = builder.workingDirectory;
    }

    /** Returns a builder that starts from the class path of this JVM, no time limit and the defaults of the JVM. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts from the settings of this launcher. */
    public Builder toBuilder() {
        return new Builder()
                .classPath(classPath)
                .jvmArguments(jvmArguments)
                .properties(properties)
                .timeLimit(timeLimit)
                .environment(environment)
                .workingDirectory(workingDirectory);
    }

    /** Returns the jars and directories of classes that a child gets. */
    public List<Path> classPath() {
        return classPath;
    }

    /**
     * Runs a task in a new JVM and waits for its end.
     *
     * @param task the class of the task
     * @param input what the task is given
     * @param events is told on the calling thread what the task reports, in order; what it throws kills the child and
     *     reaches the caller
     * @throws OperationCancelledException if the thread is interrupted (the thread stays so), if the child was told to end
     *     by SIGINT or SIGTERM, or if this JVM is ending; the child is dead then
     * @throws IllegalArgumentException if the types of the task cannot cross over as JSON
     */
    public <I, E, O> ChildOutcome<O> run(
            Class<? extends ChildTask<I, E, O>> task, I input, Consumer<? super E> events) {
        JavaType[] types = Json.typesOf(task);
        String inputJson = Json.write(types[0], input);
        if (Thread.currentThread().isInterrupted()) {
            throw cancelled(task, null);
        }
        long start = System.nanoTime();
        BlockingQueue<ChildSignal> signals = new LinkedBlockingQueue<>();
        try (Channel channel = new Channel(signals);
                ChildProcess child = ChildProcess.start(java(), arguments(), environment, workingDirectory)) {
            child.process().onExit().thenRun(() -> signals.add(new ChildSignal.Exited()));
            String invitation = Json.write(Wire.Invitation.TYPE, channel.invitationTo(task.getName()));
            channel.open(child.process().getOutputStream(), invitation, inputJson);
            return new Conversation<E, O>(child, signals, types[1], types[2], events, timeLimit, start).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled(task, e);
        } catch (IOException e) {
            return cannotStart(e, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** Runs a task and ignores its events. */
    public <I, E, O> ChildOutcome<O> run(Class<? extends ChildTask<I, E, O>> task, I input) {
        return run(task, input, event -> {});
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add("--enable-native-access=ALL-UNNAMED");
        arguments.add("-XX:-CreateCoredumpOnCrash");
        // Counters for monitoring tools, in a file of the temporary directory that a killed JVM leaves behind.
        arguments.add("-XX:-UsePerfData");
        // The first of these is for Java 17, the others are for the later ones, where it no longer reaches the streams.
        arguments.add("-Dfile.encoding=UTF-8");
        arguments.add("-Dstdout.encoding=UTF-8");
        arguments.add("-Dstderr.encoding=UTF-8");
        Map<String, String> all = new TreeMap<>();
        JVM_PROPERTIES.forEach(
                name -> Optional.ofNullable(System.getProperty(name)).ifPresent(value -> all.put(name, value)));
        all.putAll(properties);
        all.forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        arguments.addAll(jvmArguments);
        arguments.add("-cp");
        arguments.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        arguments.add(ChildMain.class.getName());
        return arguments;
    }

    private static Path java() {
        String name = File.separatorChar == '\\' ? "java.exe" : "java";
        return Path.of(System.getProperty("java.home"), "bin", name);
    }

    private static <O> ChildOutcome<O> cannotStart(IOException e, Duration wall) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        return new ChildOutcome.Failed<>(
                ErrorKind.ENVIRONMENT,
                "A child JVM cannot be started from " + java() + ": " + e.getMessage()
                        + ". Check the Java installation, the working directory and the space for temporary files.",
                trace.toString(),
                new ProcessStats(wall, null));
    }

    private static OperationCancelledException cancelled(Class<?> task, @Nullable Throwable cause) {
        return new OperationCancelledException(
                "The task " + task.getSimpleName() + " was cancelled, and its JVM was ended.", cause);
    }

    /** Collects how a child JVM is to be started. */
    public static final class Builder {
        private List<Path> classPath = ownClassPath();
        private List<String> jvmArguments = List.of();
        private Map<String, String> properties = Map.of();
        private @Nullable Duration timeLimit;
        private Map<String, String> environment = Map.of();
        private @Nullable Path workingDirectory;

        private Builder() {}

        /** Sets the jars and directories of classes; must include those of this library. */
        public Builder classPath(List<Path> values) {
            classPath = values.stream().map(Path::toAbsolutePath).toList();
            return this;
        }

        /** Sets arguments such as {@code -Xmx1g}; they stand behind those that every child gets, and so win. */
        public Builder jvmArguments(List<String> values) {
            jvmArguments = List.copyOf(values);
            return this;
        }

        /** Adds arguments behind those that are set. */
        public Builder addJvmArguments(List<String> values) {
            jvmArguments = Stream.concat(jvmArguments.stream(), values.stream()).toList();
            return this;
        }

        /** Sets system properties; a child has none of this JVM's but the directories for temporary files, the user and libraries. */
        public Builder properties(Map<String, String> values) {
            properties = new LinkedHashMap<>(values);
            return this;
        }

        /** Adds system properties to those that are set, in place of any of the same name. */
        public Builder addProperties(Map<String, String> values) {
            Map<String, String> all = new LinkedHashMap<>(properties);
            all.putAll(values);
            properties = all;
            return this;
        }

        /** Sets the time from start to end after which a child is killed; null for none. */
        public Builder timeLimit(@Nullable Duration value) {
            if (value != null && (value.isNegative() || value.isZero())) {
                throw new IllegalArgumentException("timeLimit must be longer than nothing, but was " + value);
            }
            timeLimit = value;
            return this;
        }

        /** Sets environment variables that are added to those of this JVM. */
        public Builder environment(Map<String, String> values) {
            environment = new LinkedHashMap<>(values);
            return this;
        }

        /** Adds environment variables to those that are set, in the place of any of the same name. */
        public Builder addEnvironment(Map<String, String> values) {
            Map<String, String> all = new LinkedHashMap<>(environment);
            all.putAll(values);
            environment = all;
            return this;
        }

        /** Sets the working directory; null for that of this JVM. */
        public Builder workingDirectory(@Nullable Path value) {
            workingDirectory = value;
            return this;
        }

        /** Returns the launcher. */
        public ChildJvm build() {
            return new ChildJvm(this);
        }

        /** A program that was started from modules has them on its module path; to a child they are plain jars. */
        private static List<Path> ownClassPath() {
            return Stream.of("java.class.path", "jdk.module.path")
                    .map(System::getProperty)
                    .filter(Objects::nonNull)
                    .flatMap(path -> Stream.of(path.split(File.pathSeparator)))
                    .map(entry -> Path.of(entry).toAbsolutePath())
                    .toList();
        }
    }
}
