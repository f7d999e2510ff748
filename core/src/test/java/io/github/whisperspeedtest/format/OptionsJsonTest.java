package io.github.whisperspeedtest.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.VadOptions;
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
            .repetitionPenalty(1.2)
            .noRepeatNgramSize(3)
            .hallucinationSilenceThreshold(Duration.ofMillis(1500))
            .suppressTokens(List.of(-1, 50))
            .prompt("Grüße, \"Anna\"\n")
            .prefix("Good")
            .hotwords("Jupiter")
            .maxInitialTimestamp(null)
            .conditionOnPreviousText(false)
            .timestamps(Timestamps.WORD)
            .vad(true)
            .vadOptions(new VadOptions(
                    0.25, Duration.ofMillis(700), Duration.ofMillis(90), Duration.ofSeconds(20), Duration.ofMillis(30)))
            .chunkLength(Duration.ofMillis(12_345))
            .batchSize(7)
            .audioContext(AudioContext.AUTO)
            .build();

    /** Clips and voice activity detection exclude each other. */
    private static final TranscribeOptions CLIPS = TranscribeOptions.builder()
            .clipTimestamps(List.of(Duration.ofMillis(1500), Duration.ofSeconds(3)))
            .build();

    @Test
    void everyOptionRoundTrips() {
        assertThat(OptionsJson.read(OptionsJson.write(CLIPS))).isEqualTo(CLIPS);
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
            boolean ofVad = option.label().startsWith("vad-");
            assertThat(ofVad || json.has(option.label().replace('-', '_')))
                    .as(option.label())
                    .isTrue();
            TranscribeOptions set = option == TranscribeOption.CLIP_TIMESTAMPS ? CLIPS : ALL;
            assertThat(option.text(set)).as("the test sets " + option.label()).isNotEqualTo(option.defaultText());
        }
        assertThat(json.path("vad_options").fieldNames())
                .toIterable()
                .containsExactly("threshold", "min_silence", "min_speech", "max_speech", "padding");
        assertThat(json.path("language").asText()).isEqualTo("de");
        assertThat(json.path("timestamps").asText()).isEqualTo("word");
        assertThat(json.path("chunk_length").decimalValue()).isEqualTo("12.345");
    }
}
