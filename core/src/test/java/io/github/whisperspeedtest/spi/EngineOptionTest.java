package io.github.whisperspeedtest.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.spi.EngineOption.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineOptionTest {
    @ParameterizedTest
    @CsvSource({
        "PATH, some/dir, true",
        "PATH, '', false",
        "INTEGER, -3, true",
        "INTEGER, 3.5, false",
        "INTEGER, three, false",
        "BOOLEAN, true, true",
        "BOOLEAN, false, true",
        "BOOLEAN, yes, false"
    })
    void rejectsValueOfOtherKind(Kind kind, String value, boolean accepted) {
        assertThat(new EngineOption("some-option", "Some option.", kind).accepts(value))
                .isEqualTo(accepted);
    }

    @Test
    void rejectsUnknownChoice() {
        EngineOption option = new EngineOption("level", "Level.", Kind.CHOICE, List.of("low", "high"));
        assertThat(option.accepts("low")).isTrue();
        assertThat(option.accepts("LOW")).isFalse();
        assertThat(option.describeValues()).isEqualTo("one of low, high");
    }

    @Test
    void namesMayStandInsteadOfAPath() {
        EngineOption option = new EngineOption("library", "Library.", Kind.PATH, List.of("auto", "bundled"));
        assertThat(option.accepts("bundled")).isTrue();
        assertThat(option.accepts("/opt/lib")).isTrue();
        assertThat(option.describeValues()).isEqualTo("auto, bundled or a path");
    }

    @Test
    void rejectsInvalidDeclaration() {
        assertThatThrownBy(() -> new EngineOption("Dump Graph", "x", Kind.PATH))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new EngineOption("level", "x", Kind.CHOICE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new EngineOption("level", "x", Kind.INTEGER, List.of("low")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
