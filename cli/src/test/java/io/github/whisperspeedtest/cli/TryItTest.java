package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code try-it}, with substitutes for the tool, Maven and the programs that describe a machine. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TryItTest {
    @TempDir
    private Path directory;

    private Path root;
    private Path programs;
    private Path temporary;
    private Path home;

    @BeforeEach
    void createRepository() throws IOException {
        // A space breaks careless scripts.
        root = Files.createDirectories(directory.resolve("my tools"));
        programs = Files.createDirectory(directory.resolve("programs"));
        temporary = Files.createDirectory(directory.resolve("tmp"));
        home = Files.createDirectory(directory.resolve("maxine"));
        Files.copy(Path.of("..", "try-it"), root.resolve("try-it"));
        assertThat(root.resolve("try-it").toFile().setExecutable(true)).isTrue();
        Files.createFile(root.resolve("pom.xml"));
        for (String backend : List.of("apple", "pear")) {
            Path tests = Files.createDirectories(root.resolve("backend-" + backend + "/src/test/java"));
            Files.createFile(tests.resolve("FruitContractTest.java"));
        }
        Files.createDirectories(root.resolve("backend-stone/src/test/java"));
        program(root.resolve("whisper-speedtest"), """
                case $1 in
                  --version) echo 'whisper-speedtest 0.1 (commit abc)' ;;
                  list) echo "Available: apple, in $HOME" ;;
                  benchmark)
                    printf '%s\\n' '| apple | 12x | CPU (fallback: no GPU here) |'
                    printf '%s\\n' '- apple, file: /x/model.bin, 9 bytes' '- apple/micro t2, options: a, b' '- apple, build: B7' ;;
                  *) exit 9 ;;
                esac
                """);
        maven("");
        program(programs.resolve("java"), "echo '    os.arch = aarch64'; echo '    java.version = 21.0.1'");
        program(programs.resolve("git"), "case $3 in rev-parse) echo 0123456789ab ;; esac");
    }

    @Test
    void reportsEveryStep() throws Exception {
        Run run = run();

        assertThat(run.exitCode).as(run.err).isZero();
        assertThat(run.err).contains("list ... ok (", "Report: " + directory.resolve("whisper-speedtest-report.md"));
        assertThat(run.out).isEmpty();
        assertThat(run.report)
                .contains("All 5 steps succeeded.")
                .containsPattern("\\| list \\| ok \\| \\d+ s \\|")
                .contains("| version | whisper-speedtest 0.1 (commit abc) |", "| commit | 0123456789ab |")
                .containsPattern("\\| Java \\| 21.0.1 .*, aarch64 \\|")
                .contains("Available: apple", "| apple | 12x | CPU (fallback: no GPU here) |", "- apple, build: B7")
                .doesNotContain("model.bin", "options: a")
                .contains("### apple: ok: 3 tests, 1 skipped", "### pear: ok: 3 tests, 1 skipped")
                .contains("- skipped 1: MLX is not installed")
                .doesNotContain("stone", "Crash logs", "Last output");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void continuesAfterFailures() throws Exception {
        program(root.resolve("whisper-speedtest"), """
                case $1 in
                  benchmark) echo 'pear failed: out of memory' >&2; exit 1 ;;
                esac
                """);
        maven("""
                case $module in
                  backend-apple)
                    failure='<failure message="expected: &quot;Call &amp; wait&quot;&#10;but was: &quot;&quot;" type="x.AssertionError">' ;;
                  backend-pear)
                    cat > "$module/hs_err_pid42.log" <<'END'
                #
                #  SIGSEGV (0xb) at pc=0x1, pid=42
                # Problematic frame:
                # C  [libmlx.dylib+0x2a]  mlx::core::eval

                Command Line: -Dsecret=yes
                Native frames: (J=compiled Java code)
                C  [libmlx.dylib+0x2a]  mlx::core::eval
                C  [libmlxc.dylib+0x1]

                Environment Variables:
                PASSWORD=yes
                END
                    echo '[ERROR] The forked VM terminated without saying properly goodbye'
                    exit 1 ;;
                esac
                """);

        Run run = run();

        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.report)
                .contains("Failed of 5 steps: benchmark, contract apple, contract pear.")
                .containsPattern("\\| benchmark \\| FAILED: exit code 1 \\| \\d+ s \\|")
                .contains("pear failed: out of memory")
                .contains("### apple: FAILED: exit code 1; 1 of 3 tests failed, 1 skipped")
                .contains("- `Contract$Result.writesText`: expected: \"Call & wait\" but was: \"\"")
                .contains("### pear: FAILED: exit code 1\n")
                .contains("### <tool>/backend-pear/hs_err_pid42.log", "#  SIGSEGV (0xb)")
                .contains("C  [libmlx.dylib+0x2a]  mlx::core::eval\nC  [libmlxc.dylib+0x1]\n```")
                .contains("The forked VM terminated")
                .doesNotContain("secret", "PASSWORD");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void endsStepsThatHangWithTheirProcesses() throws Exception {
        maven("""
                if [ "$module" = backend-apple ]; then
                  sh -c 'trap "echo > ended; exit" TERM; sleep 600 & wait' &
                  wait
                fi
                """);

        Run run = run("-t", "3");

        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.report)
                .contains("| contract apple | FAILED: no end after 3 s |")
                .contains("### pear: ok: 3 tests");
        assertThat(root.resolve("ended"))
                .as("what a child of Maven leaves when it is told to end")
                .exists();
    }

    @Test
    void removesPrivateData() throws Exception {
        program(programs.resolve("id"), "echo maxine");
        program(programs.resolve("uname"), "case $1 in -n) echo maxines-laptop.example.org ;; *) echo Linux ;; esac");
        program(programs.resolve("hostname"), "echo maxines-laptop");
        program(root.resolve("whisper-speedtest"), """
                echo "$(dirname "$0")/lib and $HOME/models and %s/Music and %s, by maxine at maxines-laptop.example.org"
                echo 'http://maxine:pw@proxy/x on maxines-laptop, hf_abcdefghijklm, but maxines, climaxine and hf_hub stay'
                """.formatted(home, home + "2"));

        Run run = run();

        assertThat(run.report)
                .contains("<tool>/lib and <work>/home/models and ~/Music and " + home + "2, by <name> at <name>\n")
                .contains("http://proxy/x on <name>, <token>, but maxines, climaxine and hf_hub stay\n")
                .doesNotContain(root.toString());
    }

    /** Programs that print what those of macOS are described to print. */
    @Test
    void describesMac() throws Exception {
        program(programs.resolve("uname"), "case $1 in -s) echo Darwin ;; -m) echo arm64 ;; *) echo mac ;; esac");
        program(
                programs.resolve("sw_vers"),
                "case $1 in -productVersion) echo 15.3.1 ;; -buildVersion) echo 24D70 ;; esac");
        program(programs.resolve("sysctl"), """
                case $2 in
                  machdep.cpu.brand_string) echo 'Apple M2' ;;
                  hw.model) echo Mac14,2 ;;
                  hw.physicalcpu) echo 8 ;;
                  hw.perflevel?.physicalcpu) echo 4 ;;
                  hw.memsize) echo 17179869184 ;;
                  hw.optional.arm64) echo 1 ;;
                  sysctl.proc_translated) echo 0 ;;
                esac
                """);
        program(programs.resolve("pmset"), """
                case "$*" in
                  '-g batt') echo "Now drawing from 'Battery Power'" ;;
                  -g) echo ' lowpowermode         1' ;;
                esac
                """);
        program(programs.resolve("brew"), "echo 'mlx-c 0.4.1'");
        program(programs.resolve("scutil"), "echo \"Maxine's MacBook\"");
        program(programs.resolve("java"), "echo '    os.arch = x86_64'; echo '    java.version = 17.0.1'");
        Files.createDirectories(home.resolve("Library/Logs/DiagnosticReports"));
        maven("""
                cat > "$HOME/Library/Logs/DiagnosticReports/java-2026-11-30-070000.ips" <<'END'
                {"app_name":"java","incident_id":"SECRET"}
                {
                  "crashReporterKey" : "SECRET",
                  "exception" : {"type":"EXC_CRASH","signal":"SIGABRT"},
                  "asi" : {"libsystem_c.dylib":["abort() called on Maxine's MacBook"]}
                }
                END
                """);

        Run run = run();

        assertThat(run.report)
                .contains("| system | macOS 15.3.1 (24D70), arm64 |", "| chip | Apple M2 |", "| model | Mac14,2 |")
                .contains("| cores | 8 (4 performance, 4 efficiency) |", "| memory | 16 GiB |")
                .contains("| Rosetta | yes, Java is for Intel: install an ARM64 JDK |")
                .contains("| power | Battery Power |", "| low power mode | on |", "| Homebrew | mlx-c 0.4.1 |")
                .contains("### ~/Library/Logs/DiagnosticReports/java-2026-11-30-070000.ips")
                .contains("\"signal\":\"SIGABRT\"", "abort() called on <name>")
                .doesNotContain("SECRET");
    }

    @Test
    void runsInDistribution() throws Exception {
        Files.delete(root.resolve("pom.xml"));
        Files.createDirectory(root.resolve("bin"));
        program(root.resolve("bin/whisper-speedtest"), "[ $1 != check-models ] || exit 3");

        Run run = run("-o", "mine.md");

        assertThat(run.exitCode).isEqualTo(1);
        assertThat(directory.resolve("mine.md"))
                .content()
                .contains("Failed of 4 steps: check models.", "The contract tests need a clone of the repository.");
    }

    @Test
    void refusesBadArguments() throws Exception {
        for (List<String> line : List.of(
                List.of("-t", "soon"),
                List.of("-t", "0"),
                List.of("file"),
                List.of("-o", "none/x.md"),
                List.of("-z"))) {
            Run run = run(line.toArray(String[]::new));
            assertThat(run.exitCode).as(line.toString()).isEqualTo(2);
            assertThat(run.err).as(line.toString()).isNotBlank();
        }
        assertThat(run("-h").out).contains("Exit code");
    }

    /** Writes a substitute for Maven: commands to run first, then the results of three tests, one of which may fail. */
    private void maven(String commands) throws IOException {
        program(programs.resolve("mvn"), """
                while [ $# -gt 0 ]; do
                  case $1 in
                    -f) cd "$(dirname "$2")" ;;
                    -pl) module=$2 ;;
                  esac
                  shift
                done
                failure=
                """ + commands + """
                mkdir -p "$module/target/surefire-reports"
                {
                  echo '<testsuite name="x">'
                  echo '  <testcase name="names" classname="a.b.Contract$Identity" time="0.1"/>'
                  echo '  <testcase name="writesText" classname="a.b.Contract$Result" time="0.1">'
                  [ -z "$failure" ] || echo "    $failure<![CDATA[stack]]></failure>"
                  echo '  </testcase>'
                  echo '  <testcase name="b" classname="a.b.MlxContractTest" time="0">'
                  echo '    <skipped message="MLX is not installed"/>'
                  echo '  </testcase>'
                  echo '</testsuite>'
                } > "$module/target/surefire-reports/TEST-a.xml"
                [ -z "$failure" ]
                """);
    }

    private static void program(Path file, String commands) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + commands + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private record Run(int exitCode, String out, String err, String report) {}

    private Run run(String... args) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(root.resolve("try-it").toString()));
        line.addAll(Arrays.asList(args));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        builder.environment().put("TMPDIR", temporary.toString());
        builder.environment().put("HOME", home.toString());
        builder.environment().remove("JAVA_HOME");
        int exitCode = builder.start().waitFor();
        Path report = directory.resolve("whisper-speedtest-report.md");
        return new Run(
                exitCode,
                Files.readString(out),
                Files.readString(err),
                Files.exists(report) ? Files.readString(report) : "");
    }
}
