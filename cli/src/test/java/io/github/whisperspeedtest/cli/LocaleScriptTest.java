package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The part of the start scripts that chooses a locale, with programs that answer as those of another system. */
@DisabledOnOs(OS.WINDOWS)
class LocaleScriptTest {
    private static final Path SCRIPT =
            Path.of("src/main/scripts/utf8-locale.sh").toAbsolutePath();

    @TempDir
    private Path programs;

    /** A machine that has C.UTF-8 and en_US.UTF-8, as macOS 15 and most of Linux. */
    @BeforeEach
    void installLocales() throws IOException {
        program("locale", """
                case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
                  C.UTF-8 | en_US.UTF-8 | de_DE.UTF-8) charmap=UTF-8 ;;
                  C | POSIX) charmap=US-ASCII ;;
                  *) charmap=US-ASCII; echo 'locale: cannot set LC_ALL' >&2 ;;
                esac
                [ "${1:-}" != charmap ] || echo $charmap
                """);
    }

    @ParameterizedTest
    @CsvSource({"Darwin, en_US.UTF-8", "Linux, C.UTF-8"})
    void choosesLocaleThatEveryProgramOfSystemKnows(String system, String expected) throws Exception {
        program("uname", "echo " + system);

        assertThat(locale(Map.of())).isEqualTo("all= ctype=" + expected);
        assertThat(locale(Map.of("LANG", "C"))).isEqualTo("all= ctype=" + expected);
        assertThat(locale(Map.of("LC_ALL", "POSIX"))).isEqualTo("all=" + expected + " ctype=");
        assertThat(locale(Map.of("LANG", "xx_YY.UTF-8"))).isEqualTo("all=" + expected + " ctype=");
    }

    @Test
    void keepsLocaleOfUser() throws Exception {
        program("uname", "echo Darwin");

        assertThat(locale(Map.of("LANG", "de_DE.UTF-8"))).isEqualTo("all= ctype=");
        assertThat(locale(Map.of("LC_CTYPE", "C.UTF-8"))).isEqualTo("all= ctype=C.UTF-8");
    }

    private String locale(Map<String, String> variables) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        "/bin/sh",
                        "-euc",
                        ". \"$1\"; echo \"all=${LC_ALL:-} ctype=${LC_CTYPE:-}\"",
                        "sh",
                        SCRIPT.toString())
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", programs + ":/usr/bin:/bin");
        environment.putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    private void program(String name, String commands) throws IOException {
        Path file = programs.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + commands + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
