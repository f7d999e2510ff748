package io.github.whisperspeedtest.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserPathsTest {
    @TempDir
    private Path home;

    @ParameterizedTest
    @CsvSource({"~,''", "~/m,m", "~/m/../n,n", "~//m,m", "~/~,~"})
    void expandsTildeToHomeDirectory(String text, String below) {
        assertThat(paths(Map.of("HOME", home.toString()), "/other").expand(text).normalize())
                .isEqualTo(home.resolve(below).normalize());
    }

    @ParameterizedTest
    @ValueSource(strings = {"m", "/a/~/b", "./~", "~user/m", "a~", "", "~~"})
    void leavesOtherPathsUnchanged(String text) {
        assertThat(paths(Map.of("HOME", home.toString()), "/other").expand(text))
                .isEqualTo(Path.of(text));
    }

    @Test
    void prefersHomeVariableOverPasswordDatabase() {
        assertThat(paths(Map.of("HOME", home.toString()), "?").home()).isEqualTo(home);
        assertThat(paths(Map.of("HOME", home.toString()), "/other").home()).isEqualTo(home);
    }

    @Test
    void usesPasswordDatabaseWithoutHomeVariable() {
        assertThat(paths(Map.of(), home.toString()).home()).isEqualTo(home);
        assertThat(paths(Map.of("HOME", ""), home.toString()).home()).isEqualTo(home);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "", "relative"})
    void rejectsUnknownHomeAndNamesVariables(String userHome) {
        assertThatThrownBy(() -> paths(Map.of(), userHome).expand("~/m"))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContainingAll("HOME", "WHISPER_SPEEDTEST_HOME", "HF_HOME");
        assertThat(paths(Map.of(), userHome).expand("/m")).isEqualTo(Path.of("/m"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"here", "~", "?", "./x"})
    void rejectsRelativeHome(String variable) {
        assertThatThrownBy(
                        () -> paths(Map.of("HOME", variable), home.toString()).home())
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContainingAll("'" + variable + "'", "WHISPER_SPEEDTEST_HOME", "HF_HOME");
    }

    @Test
    void ignoresHomeVariableOnWindows() {
        Properties properties = new Properties();
        properties.setProperty("os.name", "Windows 11");
        properties.setProperty("user.home", home.toString());
        assertThat(UserPaths.of(Settings.of(Map.of("HOME", "/c/Users/me"), properties))
                        .home())
                .isEqualTo(home);
    }

    @Test
    void rejectsInvalidPath() {
        assertThatThrownBy(() -> UserPaths.of(Settings.none()).expand("a\0b"))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContaining("cannot be used");
    }

    private static UserPaths paths(Map<String, String> environment, String userHome) {
        Properties properties = new Properties();
        properties.setProperty("os.name", "Linux");
        properties.setProperty("user.home", userHome);
        return UserPaths.of(Settings.of(environment, properties));
    }
}
