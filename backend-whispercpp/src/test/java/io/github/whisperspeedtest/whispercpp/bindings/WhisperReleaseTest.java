package io.github.whisperspeedtest.whispercpp.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhisperReleaseTest {
    @Test
    void readsVersionsWithAndWithoutSuffix() {
        assertThat(WhisperRelease.parse("1.8.0")).contains(new WhisperRelease(1, 8, 0));
        assertThat(WhisperRelease.parse("v1.9.3-dev\n")).contains(new WhisperRelease(1, 9, 3));
        assertThat(WhisperRelease.parse("1.10.0"))
                .hasValueSatisfying(release -> assertThat(release).isGreaterThan(WhisperRelease.NEWEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.8", "abc", "1.8.x", "99999.1.1"})
    void refusesOtherText(String text) {
        assertThat(WhisperRelease.parse(text)).isEmpty();
    }
}
