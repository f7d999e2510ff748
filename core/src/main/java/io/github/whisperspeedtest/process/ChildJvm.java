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
 * Runs tasks in child JVMs, with the Java installation and by default the class path of this JVM.
 *
 * <p>Every child gives a {@link ChildOutcome}, even if it crashes. A child never outlives its parent, even if the parent is
 * killed. Immutable and thread-safe.
 */
public final class ChildJvm {
    /** Properties that a child JVM inherits so that it finds the same files and libraries. */
    private static final List<String> INHERITED_PROPERTIES =
            List.of("java.io.tmpdir", "user.home", "java.library.path");

    private final List<Path> classPath;
    private final List<String> jvmArguments;
    private final Map<String, String> properties;
    private final @Nullable Duration timeLimit;
    private final Map<String, String> environment;
    private final @Nullable Path workingDirectory;
    private final MemoryMeter memoryMeter;

    private ChildJvm(Builder builder) {
        classPath = builder.classPath;
        jvmArguments = builder.jvmArguments;
        properties = builder.properties;
        timeLimit = builder.timeLimit;
        environment = builder.environment;
        workingDirectory = builder.workingDirectory;
        memoryMeter = builder.memoryMeter;
    }

    /** Returns a builder with the class path of this JVM, no time limit and default JVM arguments. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with the settings of this launcher. */
    public Builder toBuilder() {
        return new Builder()
                .classPath(classPath)
                .jvmArguments(jvmArguments)
                .properties(properties)
                .timeLimit(timeLimit)
                .environment(environment)
                .workingDirectory(workingDirectory)
                .memoryMeter(memoryMeter);
    }

    /** Returns the class path of a child. */
    public List<Path> classPath() {
        return classPath;
    }

    /**
     * Runs a task in a new JVM and waits until it ends.
     *
     * @param task the class of the task
     * @param input the input of the task
     * @param events receives the events of the task in order, on the calling thread; an exception that it throws kills the child
     *     and propagates to the caller
     * @throws OperationCancelledException if the thread is interrupted (its interrupt status stays set), if SIGHUP, SIGINT or
     *     SIGTERM ended the child, or if this JVM is shutting down; the child has ended by then
     * @throws IllegalArgumentException if a type of the task cannot be converted to JSON
     */
    public <I, E, O> ChildOutcome<O> run(
            Class<? extends ChildTask<I, E, O>> task, I input, Consumer<? super E> events) {
        return run(task, input, events, new ChildCommands());
    }

    /**
     * Runs a task that receives commands from another thread of this JVM. Otherwise like {@link #run(Class, Object, Consumer)}.
     *
     * @param commands sends the commands; not to be used for another task
     */
    public <I, E, O> ChildOutcome<O> run(
            Class<? extends ChildTask<I, E, O>> task, I input, Consumer<? super E> events, ChildCommands commands) {
        JavaType[] types = Json.typesOf(task);
        String inputJson = Json.write(types[0], input);
        if (Thread.currentThread().isInterrupted()) {
            throw cancelled(task, null);
        }
        long start = System.nanoTime();
        BlockingQueue<ChildNotification> notifications = new LinkedBlockingQueue<>();
        try (Channel channel = new Channel(notifications);
                ChildProcess child = ChildProcess.start(java(), arguments(), environment, workingDirectory)) {
            child.process().onExit().thenRun(() -> notifications.add(new ChildNotification.Exited()));
            String bootstrap = Json.write(Protocol.Bootstrap.TYPE, channel.bootstrapFor(task.getName()));
            channel.open(child.process().getOutputStream(), bootstrap, inputJson, commands);
            return new ChildMonitor<E, O>(
                            child, notifications, types[1], types[2], events, timeLimit, memoryMeter, start)
                    .run();
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
        // A killed JVM would leave its file of performance counters in the temporary directory.
        arguments.add("-XX:-UsePerfData");
        // Java 17 needs file.encoding. In later versions it does not affect the standard streams, which have their own
        // properties.
        arguments.add("-Dfile.encoding=UTF-8");
        arguments.add("-Dstdout.encoding=UTF-8");
        arguments.add("-Dstderr.encoding=UTF-8");
        Map<String, String> all = new TreeMap<>();
        INHERITED_PROPERTIES.forEach(
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
                "Cannot start a child JVM with " + java() + ": " + e.getMessage()
                        + ". Check the Java installation, the working directory and the free space for temporary files.",
                trace.toString(),
                new ProcessStats(wall, null));
    }

    private static OperationCancelledException cancelled(Class<?> task, @Nullable Throwable cause) {
        return new OperationCancelledException(
                "The task " + task.getSimpleName() + " was cancelled and its JVM was stopped.", cause);
    }

    /** Builds a launcher of child JVMs. */
    public static final class Builder {
        private List<Path> classPath = ownClassPath();
        private List<String> jvmArguments = List.of();
        private Map<String, String> properties = Map.of();
        private @Nullable Duration timeLimit;
        private Map<String, String> environment = Map.of();
        private @Nullable Path workingDirectory;
        private MemoryMeter memoryMeter = MemoryMeter.ofSystem();

        private Builder() {}

        /** Sets the class path. It must include this library. */
        public Builder classPath(List<Path> values) {
            classPath = values.stream().map(Path::toAbsolutePath).toList();
            return this;
        }

        /** Sets JVM arguments such as {@code -Xmx1g}. They override the arguments that every child gets. */
        public Builder jvmArguments(List<String> values) {
            jvmArguments = List.copyOf(values);
            return this;
        }

        /** Appends JVM arguments. */
        public Builder addJvmArguments(List<String> values) {
            jvmArguments = Stream.concat(jvmArguments.stream(), values.stream()).toList();
            return this;
        }

        /** Sets system properties. A child inherits only the temporary, home and library directories from this JVM. */
        public Builder properties(Map<String, String> values) {
            properties = new LinkedHashMap<>(values);
            return this;
        }

        /** Adds system properties, which replace earlier ones of the same name. */
        public Builder addProperties(Map<String, String> values) {
            Map<String, String> all = new LinkedHashMap<>(properties);
            all.putAll(values);
            properties = all;
            return this;
        }

        /** Sets the time limit of a child, including its start. A child that exceeds it is killed. Null for no limit. */
        public Builder timeLimit(@Nullable Duration value) {
            if (value != null && (value.isNegative() || value.isZero())) {
                throw new IllegalArgumentException("timeLimit must be positive, but was " + value);
            }
            timeLimit = value;
            return this;
        }

        /** Sets environment variables, in addition to those of this JVM. */
        public Builder environment(Map<String, String> values) {
            environment = new LinkedHashMap<>(values);
            return this;
        }

        /** Adds environment variables, which replace earlier ones of the same name. */
        public Builder addEnvironment(Map<String, String> values) {
            Map<String, String> all = new LinkedHashMap<>(environment);
            all.putAll(values);
            environment = all;
            return this;
        }

        /** Sets the working directory; null for the one of this JVM. */
        public Builder workingDirectory(@Nullable Path value) {
            workingDirectory = value;
            return this;
        }

        /** Sets how the memory of a child is measured; by default {@link MemoryMeter#ofSystem()}. */
        public Builder memoryMeter(MemoryMeter value) {
            memoryMeter = Objects.requireNonNull(value, "memoryMeter");
            return this;
        }

        /** Returns the launcher. */
        public ChildJvm build() {
            return new ChildJvm(this);
        }

        /** Includes the module path, because a child loads modules as plain jars. */
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
