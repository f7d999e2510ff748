package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.settings.Settings;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The command {@code spark} as an application of the user's Spark, in another process with the standard streams of this one.
 *
 * @param master URL of the cluster, or {@code local[*]} and the like
 * @param configuration settings of Spark, as {@code KEY=VALUE}
 * @param quiet whether Spark's driver logs warnings only, instead of what its own configuration says
 */
record SparkLaunch(String master, List<String> configuration, boolean quiet) {
    /** Time for Spark to stop its executors and delete its files; then the driver halts. */
    static final Duration STOP = Duration.ofSeconds(20);

    /** Time for the driver to end by itself, longer than {@link #STOP}; then it is killed. */
    private static final Duration DRIVER_END = STOP.plusSeconds(2);

    /** Time for this process to end after a signal: the driver's, and for killing it. */
    static final Duration END = DRIVER_END.plusSeconds(2);

    /** Libraries of which Spark has its own release, which has to come first, and the log that would take the place of Spark's. */
    private static final Pattern OF_SPARK =
            Pattern.compile("(jackson-(core|databind|annotations)|slf4j-(api|simple))-\\d.*\\.jar");

    private static final String LOG_FILE = "spark-log4j2.properties";
    private static final String OPTIONS_VARIABLE = "SPARK_SUBMIT_OPTS";
    private static final String ADDRESS_VARIABLE = "SPARK_LOCAL_IP";
    private static final String APPENDED_JARS_VARIABLE = "SPARK_DIST_CLASSPATH";

    /** The application of {@code spark-submit} whose classes are on Spark's own class path. */
    private static final String NO_JAR = "spark-internal";

    /**
     * Runs the command.
     *
     * @param settings those of this process
     * @param arguments those of the command, without the options of {@code spark-submit}
     * @return the exit code
     * @throws EngineException if a signal killed the driver
     * @throws OperationCancelledException if this thread is interrupted
     */
    int run(SparkInstallation spark, Settings settings, List<String> arguments) throws IOException {
        Map<String, String> environment = environment(settings);
        environment.putAll(spark.environment());
        List<String> command = spark.command(submitArguments(arguments), environment);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(environment);
        Process process = builder.start();
        int exitCode;
        try {
            exitCode = process.waitFor();
        } catch (InterruptedException e) {
            end(process, DRIVER_END);
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("interrupted", e);
        } finally {
            process.destroy();
        }
        String signal = IsolatedRun.crash(exitCode);
        if (signal != null) {
            throw new EngineException("Spark's driver was killed (" + signal
                    + "). If memory ran out, close other programs, or use a smaller model or fewer --workers."
                    + " Finished tasks are kept; the same command does the rest.");
        }
        return exitCode;
    }

    /** Asks a process to end, and kills it and its descendants if it is still there after a time. */
    static void end(Process process, Duration limit) {
        process.destroy();
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A process that has ended no longer knows its descendants.
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    /** Returns whether the executors are threads of the driver. */
    private boolean isOneJvm() {
        return master.equals("local") || master.startsWith("local[");
    }

    private boolean isOneMachine() {
        return isOneJvm() || master.startsWith("local-cluster[");
    }

    private boolean isConfigured(String key) {
        return configuration.stream().anyMatch(entry -> entry.startsWith(key + "="));
    }

    List<String> submitArguments(List<String> arguments) {
        List<String> all = new ArrayList<>(List.of("--master", master));
        if (!isConfigured("spark.app.name")) {
            all.addAll(List.of("--name", "whisper-speedtest"));
        }
        configuration.forEach(entry -> all.addAll(List.of("--conf", entry)));
        // Other accounts of this machine can connect to the loopback interface. Only in one JVM does Spark make the
        // secret itself.
        if (isOneJvm() && !isConfigured("spark.authenticate")) {
            all.addAll(List.of("--conf", "spark.authenticate=true"));
        }
        if (isOneMachine() && !isConfigured("spark.ui.killEnabled")) {
            all.addAll(List.of("--conf", "spark.ui.killEnabled=false"));
        }
        all.addAll(List.of("--class", SparkMain.class.getName()));
        if (isOneJvm()) {
            all.add(NO_JAR);
        } else {
            Path application = application();
            all.addAll(List.of(
                    "--jars",
                    libraries().stream()
                            .filter(jar -> !jar.equals(application))
                            .map(SparkLaunch::uri)
                            .collect(Collectors.joining(","))));
            all.add(uri(application));
        }
        all.addAll(arguments);
        return all;
    }

    /** Returns the variables that differ from those of this process. */
    Map<String, String> environment(Settings settings) {
        Map<String, String> changed = new LinkedHashMap<>();
        Map<String, String> properties = new TreeMap<>(
                settings.only(List.of("whisperspeedtest.*", "user.home")).properties());
        properties.putAll(IsolatedRun.properties());
        URL log = SparkLaunch.class.getResource(LOG_FILE);
        if (quiet && log != null) {
            properties.put("log4j2.configurationFile", log.toString());
        }
        String options = properties.entrySet().stream()
                .map(property -> quoted("-D" + property.getKey() + "=" + property.getValue()))
                .collect(Collectors.joining(" "));
        // The user's come last, and so take precedence.
        changed.put(
                OPTIONS_VARIABLE,
                settings.variable(OPTIONS_VARIABLE)
                        .map(own -> options + " " + own)
                        .orElse(options));
        if (isOneMachine() && settings.variable(ADDRESS_VARIABLE).isEmpty()) {
            // Spark's page and its other ports would be open to the network otherwise.
            changed.put(ADDRESS_VARIABLE, "127.0.0.1");
        }
        if (isOneJvm()) {
            // With --jars each run would copy all of them.
            String jars = libraries().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
            changed.put(
                    APPENDED_JARS_VARIABLE,
                    settings.variable(APPENDED_JARS_VARIABLE)
                            .map(own -> own + File.pathSeparator + jars)
                            .orElse(jars));
        }
        // The user's may name a Java that is too old for Spark, or none; this one runs.
        settings.property("java.home").ifPresent(home -> changed.put("JAVA_HOME", home));
        return changed;
    }

    /** Returns an argument as Spark's launcher splits them. */
    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Returns a path as an element of a list with commas. */
    private static String uri(Path jar) {
        return jar.toUri().toString().replace(",", "%2C");
    }

    private static List<Path> libraries() {
        return ChildJvm.builder().build().classPath().stream()
                .filter(Files::exists)
                .filter(entry ->
                        !OF_SPARK.matcher(String.valueOf(entry.getFileName())).matches())
                .toList();
    }

    private static Path application() {
        CodeSource source = SparkMain.class.getProtectionDomain().getCodeSource();
        try {
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The place of this program is no URI: " + source.getLocation(), e);
        }
    }
}
