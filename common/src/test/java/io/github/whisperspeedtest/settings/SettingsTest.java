package io.github.whisperspeedtest.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private final Settings settings = new Settings(
            Map.of("LIBRARY_PATH", "variable", "SECRET", "token"),
            Map.of("library.path", "property", "library.log", "1"));

    @Test
    void keepsOnlyRequestedNames() {
        assertThat(settings.only(List.of("LIBRARY_PATH", "library.*")))
                .isEqualTo(new Settings(Map.of("LIBRARY_PATH", "variable"), settings.properties()));
        assertThat(settings.only(List.of())).isEqualTo(Settings.none());
    }

    @Test
    void propertyWinsOverVariable() {
        assertThat(settings.path("library.path", "LIBRARY_PATH")).contains(Path.of("property"));
        assertThat(settings.withProperty("library.path", null).path("library.path", "LIBRARY_PATH"))
                .contains(Path.of("variable"));
        assertThat(settings.path("other.path", "OTHER_PATH")).isEmpty();
    }

    @Test
    void copyDoesNotChangeOriginal() {
        settings.withProperty("library.path", "changed");
        assertThat(settings.property("library.path")).contains("property");
    }
}
