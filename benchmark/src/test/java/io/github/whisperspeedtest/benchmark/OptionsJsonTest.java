package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsJsonTest {
    private static final TranscribeOptions ALL = TranscribeOptions.builder()
            .language(Language.of("de"))
            .task(Task.TRANSLATE)
            .beamSize(5)
            .bestOf(3)
            .patience(1.5)
            .lengthPenalty(0.25)
            .temperatures(List.of(0.0, 0.5))
            .compressionRatioThreshold(null)
            .logProbabilityThreshold(-0.1)
            .noSpeechThreshold(null)
            .prompt("Grüße, \"Anna\"\n")
            .conditionOnPreviousText(false)
            .timestamps(Timestamps.WORD)
            .vad(true)
            .chunkLength(Duration.ofMillis(12_345))
            .batchSize(7)
            .build();

    @Test
    void everyOptionRoundTrips() {
        assertThat(OptionsJson.read(OptionsJson.write(ALL))).isEqualTo(ALL);
        assertThat(OptionsJson.read(OptionsJson.write(TranscribeOptions.defaults())))
                .isEqualTo(TranscribeOptions.defaults())
                .isNotEqualTo(ALL);
    }

    /** An option that is added later must be in reports, too. */
    @Test
    void everyOptionIsWritten() {
        JsonNode json = OptionsJson.write(ALL);

        for (TranscribeOption option : TranscribeOption.values()) {
            assertThat(json.has(option.label().replace('-', '_')))
                    .as(option.label())
                    .isTrue();
            assertThat(option.text(ALL)).as("the test sets " + option.label()).isNotEqualTo(option.defaultText());
        }
        assertThat(json.path("language").asText()).isEqualTo("de");
        assertThat(json.path("timestamps").asText()).isEqualTo("word");
        assertThat(json.path("chunk_length").decimalValue()).isEqualTo("12.345");
    }
}
