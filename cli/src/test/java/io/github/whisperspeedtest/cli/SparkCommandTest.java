package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.program.SearchPath;
import io.github.whisperspeedtest.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                "spark a -o out --piece-length 30s | pieceLength must be at least 2 minutes, but was 30 s",
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
                .hasMessageContaining("needs Spark 4 for Scala 2.13");
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
                .doesNotContain("--name", "spark-internal", "SPARK_LOCAL_IP=127.0.0.1");
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
                new SparkLaunch("local", List.of(), true),
                Map.of("SPARK_LOCAL_IP", "10.0.0.1", "SPARK_SUBMIT_OPTS", "-Dlog4j2.configurationFile=own.xml"));
        assertThat(lines).doesNotContain("SPARK_LOCAL_IP=127.0.0.1");
        assertThat(variable(lines, "SPARK_SUBMIT_OPTS")).endsWith(" -Dlog4j2.configurationFile=own.xml");
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

    @Test
    void interruptEndsSpark() throws Exception {
        Path started = directory.resolve("started");
        Path ended = directory.resolve("ended");
        Path submit = program(
                directory.resolve("bin"),
                "trap ': > \"" + ended + "\"; exit 0' TERM; : > '" + started + "'; while :; do sleep 0.05; done");
        Thread test = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            while (!Files.exists(started)) {
                Thread.onSpinWait();
            }
            test.interrupt();
        });
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
        Path submit = program(directory.resolve("bin"), "{ printf '%s\\n' \"$@\"; env; } > '" + file + "'");
        assertThat(launch.run(installation(submit), new Settings(environment, Map.of()), List.of(arguments)))
                .isZero();
        return Files.readAllLines(file);
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
