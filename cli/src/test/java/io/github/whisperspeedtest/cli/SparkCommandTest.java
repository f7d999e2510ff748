package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.program.SearchPath;
import io.github.whisperspeedtest.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code spark} up to the start of Spark, which is a script here. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
@DisabledOnOs(OS.WINDOWS)
class SparkCommandTest {
    private static final SearchPath EMPTY = new SearchPath(List.of());
    private static final Settings NONE = Settings.none();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spark a                           | missing option --output DIR",
                "spark -o out                      | missing argument INPUT",
                "spark a -o out -f doc             | Unknown output format 'doc'.",
                "spark a -o out -m tiny,base       | spark takes one model with -m",
                "spark a -o out --conf x           | --conf must be KEY=VALUE, but is 'x'",
                "spark a -o out --workers 0        | workers must be at least 1, but was 0",
                "spark a -o out --piece-length 30s | pieceLength must be from 2 to 30 minutes, but was 30 s",
                "spark a -o out --task-length x    | --task-length: 'x' is not a time such as 90s, 10m or 1h",
                "spark a -o out --convert          | executors do not convert models",
                "spark a -o out -i none            | There is no implementation 'none'",
            })
    void explainsUsageErrorsWithoutSpark(String line, String message) {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run(line.split(" "))).as(terminal.err()).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).startsWith("error: " + message);
    }

    @Test
    void saysWhatToDoWithoutSpark() {
        Settings process = Settings.ofProcess();
        assumeTrue(
                process.variable(SparkInstallation.HOME_VARIABLE).isEmpty()
                        && SearchPath.ofProcess().find("spark-submit").isEmpty(),
                "Spark is on this machine");
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run("spark", "a", "-o", "out")).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(terminal.err())
                .startsWith("error: Spark is not on this machine. Download Spark 4")
                .contains("SPARK_HOME", "./whisper-speedtest spark");
    }

    @Test
    void findsSparkByItsVariableThenInSearchPath() throws IOException {
        Path home = directory.resolve("spark");
        Path submit = program(home.resolve("bin"), "");
        Path other = program(directory.resolve("other"), "");
        SearchPath path = new SearchPath(List.of(other.getParent()));
        assertThat(SparkInstallation.find(settings("SPARK_HOME", home.toString()), path))
                .returns(submit, SparkInstallation::submit)
                .returns(home, SparkInstallation::home);
        assertThat(SparkInstallation.find(NONE, path))
                .returns(other, SparkInstallation::submit)
                .returns(null, SparkInstallation::home);
    }

    @Test
    void acceptsDirectoryWithJarsOfSparkOnly() throws IOException {
        Settings settings = settings("SPARK_HOME", directory.toString());
        assertThatThrownBy(() -> SparkInstallation.find(settings, EMPTY))
                .isInstanceOf(RuntimeUnavailableException.class)
                .hasMessageContaining("neither bin/spark-submit nor Spark's jars");
        core("spark-core_2.13-4.2.0.jar");
        assertThat(SparkInstallation.find(settings, EMPTY))
                .returns(null, SparkInstallation::submit)
                .returns(directory, SparkInstallation::home);
    }

    @ParameterizedTest
    @CsvSource({"spark-core_2.12-3.5.1.jar", "spark-core_2.13-3.5.1.jar", "spark-core_2.12-4.0.0.jar"})
    void refusesOtherReleasesOfSpark(String jar) throws IOException {
        core(jar);
        Path submit = program(directory.resolve("bin"), "");
        assertThatThrownBy(() -> SparkInstallation.find(settings("SPARK_HOME", directory.toString()), EMPTY))
                .isInstanceOf(RuntimeUnavailableException.class)
                .hasMessageContaining("needs Spark 4 for Scala 2.13")
                .hasMessageContaining("if SPARK_HOME is not set");
        assertThatThrownBy(() -> SparkInstallation.find(NONE, new SearchPath(List.of(submit.getParent()))))
                .isInstanceOf(RuntimeUnavailableException.class);
    }

    @Test
    void keepsLocalSparkOnLoopbackWithLibrariesInPlace() throws IOException {
        List<String> lines = submitted(
                new SparkLaunch("local[2]", List.of("spark.ui.port=4050"), true), Map.of(), "a b", "-o", "out");
        assertThat(lines)
                .containsSubsequence(
                        "--master",
                        "local[2]",
                        "--name",
                        "whisper-speedtest",
                        "--conf",
                        "spark.ui.port=4050",
                        "--conf",
                        "spark.authenticate=true",
                        "--conf",
                        "spark.ui.killEnabled=false",
                        "--class",
                        "io.github.whisperspeedtest.cli.SparkMain",
                        "spark-internal",
                        "a b",
                        "-o",
                        "out")
                .contains("SPARK_LOCAL_IP=127.0.0.1")
                .doesNotContain("--jars");
        assertThat(variable(lines, "SPARK_DIST_CLASSPATH"))
                .contains(
                        "picocli-",
                        Path.of("target", "classes").toAbsolutePath().toString())
                .doesNotContain("jackson-core", "jackson-databind", "slf4j-");
        assertThat(variable(lines, "SPARK_SUBMIT_OPTS"))
                .contains("-Dwhisperspeedtest.isolated=true", "-Dlog4j2.configurationFile=");
    }

    @Test
    void sendsLibrariesToCluster() throws IOException {
        List<String> lines = submitted(
                new SparkLaunch("spark://host:7077", List.of("spark.app.name=calls"), true), Map.of(), "-o", "out");
        assertThat(lines)
                .containsSubsequence("--conf", "spark.app.name=calls", "--class")
                .doesNotContain(
                        "--name",
                        "spark-internal",
                        "SPARK_LOCAL_IP=127.0.0.1",
                        "spark.authenticate=true",
                        "spark.ui.killEnabled=false");
        String jars = lines.get(lines.indexOf("--jars") + 1);
        assertThat(jars.split(","))
                .allMatch(jar -> jar.startsWith("file:///"))
                .anyMatch(jar -> jar.contains("picocli-"))
                .noneMatch(jar -> jar.contains("jackson-core-") || jar.contains("slf4j-"));
        String application = lines.get(lines.indexOf("--jars") + 2);
        assertThat(application).startsWith("file:///").contains("/cli/target/");
        assertThat(jars).doesNotContain(application);
    }

    @Test
    void userHasTheLastWord() throws IOException {
        List<String> lines = submitted(
                new SparkLaunch("local", List.of("spark.authenticate=false", "spark.ui.killEnabled=true"), true),
                Map.of("SPARK_LOCAL_IP", "10.0.0.1", "SPARK_SUBMIT_OPTS", "-Dlog4j2.configurationFile=own.xml"));
        assertThat(lines)
                .contains("spark.authenticate=false", "spark.ui.killEnabled=true")
                .doesNotContain("SPARK_LOCAL_IP=127.0.0.1", "spark.authenticate=true", "spark.ui.killEnabled=false");
        assertThat(variable(lines, "SPARK_SUBMIT_OPTS")).endsWith(" -Dlog4j2.configurationFile=own.xml");
    }

    @Test
    void runsSparkWithItsOwnJava() {
        Settings settings = new Settings(Map.of("JAVA_HOME", "/no/such/java"), Map.of("java.home", "/java"));
        assertThat(new SparkLaunch("local", List.of(), true).environment(settings))
                .containsEntry("JAVA_HOME", "/java");
    }

    @Test
    void onlyOneJvmMakesTheSecretOfAuthenticationItself() {
        assertThat(new SparkLaunch("local-cluster[2,1,1024]", List.of(), true).submitArguments(List.of()))
                .contains("spark.ui.killEnabled=false")
                .doesNotContain("spark.authenticate=true");
    }

    @Test
    void leavesTheLogToSparkIfItIsWanted() throws IOException {
        List<String> lines = submitted(new SparkLaunch("local", List.of(), false), Map.of());
        assertThat(variable(lines, "SPARK_SUBMIT_OPTS")).doesNotContain("log4j2");
    }

    @Test
    void passesExitCodeOn() throws IOException {
        Path submit = program(directory.resolve("bin"), "exit 3");
        int code = new SparkLaunch("local", List.of(), true).run(installation(submit), NONE, List.of());
        assertThat(code).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void signalOfTheUserIsNoError(String signal, int exitCode) throws IOException {
        Path submit = program(directory.resolve("bin"), "kill -" + signal + " $$");
        assertThat(new SparkLaunch("local", List.of(), true).run(installation(submit), NONE, List.of()))
                .isEqualTo(exitCode);
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "ABRT", "SEGV"})
    void killedDriverIsAnError(String signal) throws IOException {
        Path submit = program(directory.resolve("bin"), "ulimit -c 0; kill -" + signal + " $$");
        assertThatThrownBy(() -> new SparkLaunch("local", List.of(), true).run(installation(submit), NONE, List.of()))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith("Spark's driver was killed (SIG" + signal + "). If memory ran out, ");
    }

    @Test
    void killsADriverThatDoesNotEndWithItsDescendants() throws Exception {
        Path started = directory.resolve("started");
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "trap '' TERM; sleep 60 & : > \"$0\"; while :; do sleep 0.05; done",
                        started.toString())
                .start();
        try {
            awaitFile(started);
            List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                    .toList();
            SparkLaunch.end(process, Duration.ofMillis(200));
            for (ProcessHandle each : all) {
                each.onExit().get(10, TimeUnit.SECONDS);
            }
            assertThat(process.exitValue()).isEqualTo(128 + 9);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no route to host        | IllegalStateException: no route to host. Run again",
                "Job aborted.            | IllegalStateException: Job aborted. Run again",
                "                        | IllegalStateException. Run again",
            })
    void endsWhatSparkSaysWithAFullStop(@Nullable String said, String message) {
        assertThat(SparkCommand.message(new IllegalStateException(said))).startsWith(message);
    }

    @Test
    void interruptEndsSpark() throws Exception {
        Path started = directory.resolve("started");
        Path ended = directory.resolve("ended");
        Path submit = program(
                directory.resolve("bin"),
                "trap ': > \"" + ended + "\"; exit 0' TERM; : > '" + started + "'; while :; do sleep 0.05; done");
        Thread test = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            awaitFile(started);
            test.interrupt();
        });
        interrupter.setDaemon(true);
        interrupter.start();
        assertThatThrownBy(() -> new SparkLaunch("local", List.of(), true).run(installation(submit), NONE, List.of()))
                .isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ended).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "spark a -o out, a -o out",
        "spark --master local a --conf x=y -o out, a -o out",
        "spark --master=local a --conf=x=y -o out, a -o out",
        "spark -o out -- --master --conf, -o out -- --master --conf",
    })
    void keepsArgumentsThatAreNotForSparkSubmit(String all, String kept) {
        assertThat(SparkCommand.arguments(List.of(all.split(" ")))).containsExactly(kept.split(" "));
    }

    /** Returns the arguments of {@code spark-submit} and then its variables, a line each. */
    private List<String> submitted(SparkLaunch launch, Map<String, String> environment, String... arguments)
            throws IOException {
        Path file = directory.resolve("submitted");
        Map<String, String> changed = launch.environment(new Settings(environment, Map.of()));
        // Those that the tests were started with.
        String unset = Settings.ofProcess().only(List.of("SPARK_*")).environment().keySet().stream()
                .filter(name -> !changed.containsKey(name))
                .map(name -> "unset " + name + "; ")
                .collect(Collectors.joining());
        Path submit = program(directory.resolve("bin"), unset + "{ printf '%s\\n' \"$@\"; env; } > '" + file + "'");
        assertThat(launch.run(installation(submit), new Settings(environment, Map.of()), List.of(arguments)))
                .isZero();
        return Files.readAllLines(file);
    }

    /** Waits for a file, at most half a minute. */
    private static void awaitFile(Path file) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!Files.exists(file)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Not there after half a minute: " + file);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static String variable(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "="))
                .findFirst()
                .orElse("");
    }

    private static SparkInstallation installation(Path submit) {
        return new SparkInstallation(submit, null, Path.of("java"));
    }

    private static Settings settings(String variable, String value) {
        return new Settings(Map.of(variable, value), Map.of());
    }

    private void core(String name) throws IOException {
        Files.createFile(Files.createDirectories(directory.resolve("jars")).resolve(name));
    }

    private static Path program(Path bin, String script) throws IOException {
        Path program = Files.createDirectories(bin).resolve("spark-submit");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
}
