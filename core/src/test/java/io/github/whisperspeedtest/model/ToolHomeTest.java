package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.settings.Settings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolHomeTest {
    @TempDir
    Path directory;

    @Test
    void linuxFollowsTheXdgSpecification() {
        assertThat(home("Linux", Map.of())).isEqualTo(ToolHome.at(user(".local/share/whisper-speedtest")));
        assertThat(home("Linux", Map.of("XDG_DATA_HOME", text("data"))))
                .isEqualTo(ToolHome.at(directory.resolve("data/whisper-speedtest")));
    }

    @Test
    void relativeOrEmptyXdgDirectoryIsIgnored() {
        ToolHome byDefault = home("Linux", Map.of());

        assertThat(home("Linux", Map.of("XDG_DATA_HOME", "data"))).isEqualTo(byDefault);
        assertThat(home("Linux", Map.of("XDG_DATA_HOME", ""))).isEqualTo(byDefault);
    }

    @Test
    void macOsUsesApplicationSupport() {
        assertThat(home("Mac OS X", Map.of("XDG_DATA_HOME", text("data"))))
                .isEqualTo(ToolHome.at(user("Library/Application Support/whisper-speedtest")));
    }

    @Test
    void cachesOfTheDefaultHomeOnMacOsHaveAPathWithoutBlank() {
        assertThat(cache("Mac OS X", Map.of())).isEqualTo(user("Library/Caches/whisper-speedtest"));
        assertThat(cache("Mac OS X", Map.of("HOME", text("mine"))))
                .isEqualTo(directory.resolve("mine/Library/Caches/whisper-speedtest"));
    }

    @Test
    void cachesOfAnyOtherHomeStayInIt() {
        assertThat(cache("Mac OS X", Map.of(ToolHome.HOME_VARIABLE, text("chosen home"))))
                .isEqualTo(directory.resolve("chosen home/cache"));
        assertThat(cache("Linux", Map.of())).isEqualTo(user(".local/share/whisper-speedtest/cache"));
        Properties unknown = properties("Mac OS X");
        unknown.setProperty("user.home", "?");
        assertThat(ToolHome.at(directory).cache(Settings.of(Map.of(), unknown))).isEqualTo(directory.resolve("cache"));
    }

    @Test
    void windowsUsesLocalAppData() {
        assertThat(home("Windows 11", Map.of("LOCALAPPDATA", text("local"))))
                .isEqualTo(ToolHome.at(directory.resolve("local/whisper-speedtest")));
        assertThat(home("Windows 11", Map.of())).isEqualTo(ToolHome.at(user("AppData/Local/whisper-speedtest")));
    }

    @Test
    void unknownSystemIsTreatedAsUnix() {
        assertThat(home("FreeBSD", Map.of())).isEqualTo(home("Linux", Map.of()));
        // "Darwin" contains "win".
        assertThat(home("Darwin", Map.of("LOCALAPPDATA", text("local")))).isEqualTo(home("Linux", Map.of()));
    }

    @Test
    void propertyOverridesVariableAndDefault() {
        Map<String, String> environment =
                Map.of(ToolHome.HOME_VARIABLE, text("variable"), "XDG_DATA_HOME", text("data"));
        Properties properties = properties("Linux");

        assertThat(ToolHome.of(Settings.of(environment, properties)))
                .isEqualTo(ToolHome.at(directory.resolve("variable")));

        properties.setProperty(ToolHome.HOME_PROPERTY, text("property"));
        assertThat(ToolHome.of(Settings.of(environment, properties)))
                .isEqualTo(ToolHome.at(directory.resolve("property")));

        properties.setProperty(ToolHome.HOME_PROPERTY, " ");
        assertThat(ToolHome.of(Settings.of(environment, properties)))
                .isEqualTo(ToolHome.at(directory.resolve("variable")));
    }

    @Test
    void modelsDirectoryCanBeSetSeparately() {
        Map<String, String> environment =
                Map.of(ToolHome.HOME_VARIABLE, text("home"), ToolHome.MODELS_VARIABLE, text("models by variable"));
        Properties properties = properties("Linux");

        assertThat(ToolHome.of(Settings.of(environment, properties)))
                .isEqualTo(new ToolHome(directory.resolve("home"), directory.resolve("models by variable")));

        properties.setProperty(ToolHome.MODELS_PROPERTY, text("models by property"));
        assertThat(ToolHome.of(Settings.of(environment, properties)))
                .isEqualTo(new ToolHome(directory.resolve("home"), directory.resolve("models by property")));
    }

    @Test
    void homeVariableOverridesPasswordDatabase() {
        assertThat(home("Linux", Map.of("HOME", text("mine"))))
                .isEqualTo(ToolHome.at(directory.resolve("mine/.local/share/whisper-speedtest")));
        assertThat(home("Mac OS X", Map.of("HOME", text("mine"))))
                .isEqualTo(ToolHome.at(directory.resolve("mine/Library/Application Support/whisper-speedtest")));
    }

    @Test
    void expandsTildeInEveryVariableAndProperty() {
        Map<String, String> environment =
                Map.of("HOME", text("mine"), ToolHome.HOME_VARIABLE, "~/data", ToolHome.MODELS_VARIABLE, "~/m");
        Properties properties = properties("Linux");

        assertThat(ToolHome.of(Settings.of(environment, properties)))
                .isEqualTo(new ToolHome(directory.resolve("mine/data"), directory.resolve("mine/m")));
        assertThat(home("Linux", Map.of("HOME", text("mine"), "XDG_DATA_HOME", "~/xdg")))
                .isEqualTo(ToolHome.at(directory.resolve("mine/xdg/whisper-speedtest")));

        properties.setProperty(ToolHome.HOME_PROPERTY, "~");
        properties.setProperty(ToolHome.MODELS_PROPERTY, "~/n");
        assertThat(ToolHome.of(Settings.of(environment, properties)))
                .isEqualTo(new ToolHome(directory.resolve("mine"), directory.resolve("mine/n")));
    }

    @Test
    void reportsUnknownHomeDirectoryOnlyIfNeeded() {
        Properties properties = properties("Linux");
        properties.setProperty("user.home", "?");

        assertThatThrownBy(() -> ToolHome.of(Settings.of(Map.of(), properties)))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContaining(ToolHome.HOME_VARIABLE);
        assertThat(ToolHome.of(Settings.of(Map.of(ToolHome.HOME_VARIABLE, text("data")), properties)))
                .isEqualTo(ToolHome.at(directory.resolve("data")));
    }

    @Test
    void pathsAreAbsolute() {
        ToolHome home = ToolHome.of(Settings.of(Map.of(ToolHome.HOME_VARIABLE, "some/../where"), properties("Linux")));

        assertThat(home.data()).isEqualTo(Path.of("where").toAbsolutePath());
        assertThat(home.models()).isEqualTo(home.data().resolve("models"));
        assertThat(home.nativeLibraries()).isEqualTo(home.data().resolve("native"));
    }

    private Path cache(String os, Map<String, String> environment) {
        return home(os, environment).cache(Settings.of(environment, properties(os)));
    }

    private ToolHome home(String os, Map<String, String> environment) {
        return ToolHome.of(Settings.of(environment, properties(os)));
    }

    private Properties properties(String os) {
        Properties properties = new Properties();
        properties.setProperty("os.name", os);
        properties.setProperty("user.home", text("user"));
        return properties;
    }

    private Path user(String path) {
        return directory.resolve("user").resolve(path);
    }

    private String text(String name) {
        return directory.resolve(name).toString();
    }
}
