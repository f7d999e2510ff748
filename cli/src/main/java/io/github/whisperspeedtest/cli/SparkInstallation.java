package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.program.SearchPath;
import io.github.whisperspeedtest.settings.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Spark on this machine.
 *
 * @param submit the program {@code spark-submit}, null where there are only Spark's jars
 * @param home the directory with {@code jars}, null where the program is not in one
 * @param java the program {@code java}, for an installation of jars
 */
record SparkInstallation(@Nullable Path submit, @Nullable Path home, Path java) {
    /** Environment variable with the directory of Spark. */
    static final String HOME_VARIABLE = "SPARK_HOME";

    private static final String SCALA = "2.13";
    private static final String PROGRAM = "spark-submit";
    private static final String JARS = "jars";
    private static final String REMEDY = "Download Spark 4 from https://spark.apache.org/downloads.html and set "
            + HOME_VARIABLE + " to its directory. In a clone of the sources, './whisper-speedtest spark' fetches it if "
            + HOME_VARIABLE + " is not set and no spark-submit is in PATH.";
    private static final Pattern CORE = Pattern.compile("spark-core_([\\d.]+)-(.+)\\.jar");

    /**
     * Finds Spark by {@code SPARK_HOME}, or else {@code spark-submit} in the search path.
     *
     * @throws RuntimeUnavailableException if there is none, or it is not Spark 4
     */
    static SparkInstallation find(Settings settings, SearchPath path) {
        Path java = Path.of(settings.property("java.home").orElse(""), "bin", "java");
        Optional<Path> home = settings.variable(HOME_VARIABLE)
                .filter(value -> !value.isBlank())
                .map(settings.paths()::expand);
        if (home.isPresent()) {
            checkRelease(home.get());
            Path submit = home.get().resolve("bin").resolve(PROGRAM);
            if (Files.isExecutable(submit)) {
                return new SparkInstallation(submit, home.get(), java);
            }
            if (core(home.get()).isPresent()) {
                return new SparkInstallation(null, home.get(), java);
            }
            throw new RuntimeUnavailableException(
                    HOME_VARIABLE + " is " + home.get() + ", which has neither bin/" + PROGRAM + " nor Spark's jars in "
                            + JARS + "/",
                    REMEDY,
                    null);
        }
        Path submit = path.find(PROGRAM)
                .orElseThrow(() -> new RuntimeUnavailableException("Spark is not on this machine", REMEDY, null));
        Path owner = homeOf(submit);
        if (owner != null) {
            checkRelease(owner);
        }
        return new SparkInstallation(submit, owner, java);
    }

    /** Returns the directory of Spark that a program belongs to, null if it is a script elsewhere. */
    private static @Nullable Path homeOf(Path submit) {
        try {
            Path bin = submit.toRealPath().getParent();
            Path home = bin == null ? null : bin.getParent();
            return home != null && core(home).isPresent() ? home : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static void checkRelease(Path home) {
        core(home).ifPresent(core -> {
            if (!core.group(1).equals(SCALA) || !core.group(2).startsWith("4.")) {
                throw new RuntimeUnavailableException(
                        "Spark in " + home + " is release " + core.group(2) + " for Scala " + core.group(1)
                                + "; this program needs Spark 4 for Scala " + SCALA,
                        REMEDY,
                        null);
            }
        });
    }

    /** Returns the name of Spark's first jar, with its release. */
    private static Optional<Matcher> core(Path home) {
        String[] names = home.resolve(JARS).toFile().list();
        return Stream.of(names == null ? new String[0] : names)
                .map(CORE::matcher)
                .filter(Matcher::matches)
                .findFirst();
    }

    /** Returns the variables that tell Spark where it is. */
    Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        if (home != null) {
            variables.put(HOME_VARIABLE, home.toString());
        }
        if (submit == null) {
            // Otherwise set by Spark's scripts.
            variables.put("SPARK_SCALA_VERSION", SCALA);
        }
        return variables;
    }

    /**
     * Returns the command that submits an application.
     *
     * @param environment variables for the command, with those of {@link #environment()}
     * @throws IOException if Spark's launcher cannot be run
     */
    List<String> command(List<String> arguments, Map<String, String> environment) throws IOException {
        List<String> command = new ArrayList<>();
        if (submit != null) {
            command.add(submit.toString());
            command.addAll(arguments);
            return command;
        }
        command.addAll(List.of(
                java.toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                home + File.separator + JARS + File.separator + "*",
                "org.apache.spark.launcher.Main",
                "org.apache.spark.deploy.SparkSubmit"));
        command.addAll(arguments);
        return launched(command, environment);
    }

    /** Runs the launcher as Spark's own scripts do; it prints the command with which they continue. */
    private static List<String> launched(List<String> launcher, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(launcher).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // A line with a zero character begins the command, whose parts end with one each.
        int start = output.indexOf("\0\n");
        List<String> command =
                start < 0 ? List.of() : List.of(output.substring(start + 2).split("\0"));
        if (command.isEmpty() || command.get(0).isBlank()) {
            throw new IOException("Spark's launcher printed no command: " + output.strip());
        }
        // Spark adds this module for MLlib, and Java warns of it.
        return command.stream()
                .filter(part -> !part.equals("--add-modules=jdk.incubator.vector"))
                .toList();
    }
}
