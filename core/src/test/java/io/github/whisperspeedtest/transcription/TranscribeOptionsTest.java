package io.github.whisperspeedtest.transcription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TranscribeOptionsTest {
    @Test
    void defaultsAreThoseOfOpenAisProgramButGreedy() {
        TranscribeOptions options = TranscribeOptions.defaults();

        assertThat(options.language()).isEqualTo(Language.auto());
        assertThat(options.task()).isEqualTo(Task.TRANSCRIBE);
        assertThat(options.beamSize()).isEqualTo(1);
        assertThat(options.bestOf()).isEqualTo(5);
        assertThat(options.temperatures()).containsExactly(0.0, 0.2, 0.4, 0.6, 0.8, 1.0);
        assertThat(options.prompt()).isNull();
        assertThat(options.conditionOnPreviousText()).isTrue();
        assertThat(options.timestamps()).isEqualTo(Timestamps.SEGMENT);
        assertThat(options.vad()).isFalse();
    }

    @Test
    void everyOptionIsKeptAndCopied() {
        TranscribeOptions options = TranscribeOptions.builder()
                .language(Language.of("de"))
                .task(Task.TRANSLATE)
                .beamSize(5)
                .bestOf(3)
                .temperatures(List.of(0.0, 1.0))
                .prompt("Guten Morgen.")
                .conditionOnPreviousText(false)
                .timestamps(Timestamps.WORD)
                .vad(true)
                .build();

        for (TranscribeOptions kept : List.of(options, options.toBuilder().build())) {
            assertThat(kept.language()).isEqualTo(Language.of("de"));
            assertThat(kept.task()).isEqualTo(Task.TRANSLATE);
            assertThat(kept.beamSize()).isEqualTo(5);
            assertThat(kept.bestOf()).isEqualTo(3);
            assertThat(kept.temperatures()).containsExactly(0.0, 1.0);
            assertThat(kept.prompt()).isEqualTo("Guten Morgen.");
            assertThat(kept.conditionOnPreviousText()).isFalse();
            assertThat(kept.timestamps()).isEqualTo(Timestamps.WORD);
            assertThat(kept.vad()).isTrue();
        }
    }

    @Test
    void builderGoesOnWithoutChangingWhatItBuilt() {
        TranscribeOptions.Builder builder = TranscribeOptions.builder().beamSize(2);
        TranscribeOptions first = builder.build();
        builder.beamSize(4);

        assertThat(first.beamSize()).isEqualTo(2);
        assertThat(builder.build().beamSize()).isEqualTo(4);
        assertThat(TranscribeOptions.defaults().beamSize()).isEqualTo(1);
    }

    @Test
    void listOfTemperaturesIsCopied() {
        List<Double> temperatures = new ArrayList<>(List.of(0.0));
        TranscribeOptions options =
                TranscribeOptions.builder().temperatures(temperatures).build();
        temperatures.add(1.0);

        assertThat(options.temperatures()).containsExactly(0.0);
    }

    @ParameterizedTest
    @MethodSource("badTemperatures")
    void temperaturesRiseFromZeroToOne(List<Double> temperatures) {
        assertThatThrownBy(() -> TranscribeOptions.builder().temperatures(temperatures))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(temperatures.toString());
    }

    static Stream<List<Double>> badTemperatures() {
        return Stream.of(
                List.of(),
                List.of(-0.1),
                List.of(0.0, 1.1),
                List.of(0.2, 0.2),
                List.of(0.4, 0.2),
                List.of(Double.NaN),
                List.of(0.0, Double.NaN));
    }

    @Test
    void numbersBelowOneAreRefused() {
        assertThatThrownBy(() -> TranscribeOptions.builder().beamSize(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("beamSize must be at least 1, but was 0");
        assertThatThrownBy(() -> TranscribeOptions.builder().bestOf(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bestOf must be at least 1, but was -1");
    }

    @Test
    void nothingButThePromptMayBeNull() {
        assertThatThrownBy(() -> TranscribeOptions.builder().language(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> TranscribeOptions.builder().task(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> TranscribeOptions.builder().timestamps(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> TranscribeOptions.builder().temperatures(Arrays.asList(0.0, null)))
                .isInstanceOf(NullPointerException.class);
        assertThat(TranscribeOptions.builder().prompt("x").prompt(null).build().prompt())
                .isNull();
    }
}
