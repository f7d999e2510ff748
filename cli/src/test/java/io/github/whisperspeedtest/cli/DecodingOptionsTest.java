package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Vad;
import io.github.whisperspeedtest.transcription.VadOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DecodingOptionsTest {
    @Test
    void defaultsAreThoseOfTheLibrary() {
        assertThat(parse()).usingRecursiveComparison().isEqualTo(TranscribeOptions.defaults());
    }

    @Test
    void parsesSearchOptions() {
        TranscribeOptions options = parse("--beam-size", "5", "--patience", "1.5", "--length-penalty", "0.6");
        assertThat(options.beamSize()).isEqualTo(5);
        assertThat(options.patience()).isEqualTo(1.5);
        assertThat(options.lengthPenalty()).isEqualTo(0.6);
    }

    @Test
    void parsesAndDisablesThresholds() {
        TranscribeOptions options =
                parse("--compression-ratio-threshold=3", "--logprob-threshold", "-0.7", "--no-speech-threshold", "off");
        assertThat(options.compressionRatioThreshold()).isEqualTo(3.0);
        assertThat(options.logProbabilityThreshold()).isEqualTo(-0.7);
        assertThat(options.noSpeechThreshold()).isNull();
    }

    @Test
    void vadIsOnOffOrAuto() {
        assertThat(parse("--vad").vad()).isEqualTo(Vad.ON);
        assertThat(parse("--no-vad").vad()).isEqualTo(Vad.OFF);
        assertThat(parse().vad()).isEqualTo(Vad.AUTO);
    }

    @Test
    void parsesVadOptions() {
        assertThat(parse().vadOptions()).isEqualTo(VadOptions.defaults());
        assertThat(parse(
                                "--vad-threshold=0.6",
                                "--vad-min-silence=700",
                                "--vad-min-speech=250",
                                "--vad-max-speech=12.5",
                                "--vad-pad=30")
                        .vadOptions())
                .isEqualTo(new VadOptions(
                        0.6,
                        Duration.ofMillis(700),
                        Duration.ofMillis(250),
                        Duration.ofMillis(12_500),
                        Duration.ofMillis(30)));
    }

    @Test
    void independentWindowsAreOnOffOrAuto() {
        assertThat(parse("--independent-windows").conditionOnPreviousText()).isFalse();
        assertThat(parse("--no-independent-windows").conditionOnPreviousText()).isTrue();
        assertThat(parse().conditionOnPreviousText()).isNull();
    }

    @Test
    void parsesBatchSizeAndChunkLength() {
        TranscribeOptions options = parse("--batch-size", "4", "--chunk-length", "12.5");
        assertThat(options.batchSize()).isEqualTo(4);
        assertThat(options.chunkLength()).isEqualTo(Duration.ofMillis(12_500));
    }

    @Test
    void audioContextIsUnsetFullOrAuto() {
        assertThat(parse().audioContext()).isNull();
        assertThat(parse("--audio-context=full").audioContext()).isEqualTo(AudioContext.FULL);
        assertThat(parse("--audio-context=auto").audioContext()).isEqualTo(AudioContext.AUTO);
    }

    @Test
    void parsesRulesForTokens() {
        TranscribeOptions options = parse(
                "--repetition-penalty=1.2",
                "--no-repeat-ngram-size=3",
                "--suppress-tokens=-1, 7",
                "--prefix=Good",
                "--hotwords=Jupiter",
                "--max-initial-timestamp=off");
        assertThat(options.repetitionPenalty()).isEqualTo(1.2);
        assertThat(options.noRepeatNgramSize()).isEqualTo(3);
        assertThat(options.suppressTokens()).containsExactly(-1, 7);
        assertThat(options.prefix()).isEqualTo("Good");
        assertThat(options.hotwords()).isEqualTo("Jupiter");
        assertThat(options.maxInitialTimestamp()).isNull();
        assertThat(parse("--suppress-tokens", "").suppressTokens()).isEmpty();
        assertThat(parse("--suppress-tokens", "-1").suppressTokens()).containsExactly(-1);
        assertThat(parse("--max-initial-timestamp", "0").maxInitialTimestamp()).isEqualTo(Duration.ZERO);
    }

    @Test
    void parsesHallucinationSilenceThreshold() {
        assertThat(parse("--timestamps=word", "--hallucination-silence-threshold=2.5")
                        .hallucinationSilenceThreshold())
                .isEqualTo(Duration.ofMillis(2500));
        assertThatThrownBy(() -> parse("--hallucination-silence-threshold=2"))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining("requires timestamps of words");
    }

    @Test
    void clipsAreListOrOffsetAndDuration() {
        assertThat(parse("--clip-timestamps", "1.5,3,60").clipTimestamps())
                .containsExactly(Duration.ofMillis(1500), Duration.ofSeconds(3), Duration.ofSeconds(60));
        assertThat(parse("--offset=10").clipTimestamps()).containsExactly(Duration.ofSeconds(10));
        assertThat(parse("--duration=10").clipTimestamps()).containsExactly(Duration.ZERO, Duration.ofSeconds(10));
        assertThat(parse("--offset=5", "--duration=10").clipTimestamps())
                .containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(15));
        for (String other : List.of("--offset=1", "--duration=1")) {
            assertThatThrownBy(() -> parse("--clip-timestamps=1", other))
                    .isInstanceOf(CommandLine.ParameterException.class)
                    .hasMessage("--clip-timestamps already says what to transcribe; omit --offset and --duration");
        }
        assertThatThrownBy(() -> parse("--offset=1", "--vad"))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining("clipTimestamps and vad exclude each other");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--patience=0",
                "--length-penalty=2",
                "--compression-ratio-threshold=high",
                "--logprob-threshold=1",
                "--no-speech-threshold=1.5",
                "--repetition-penalty=0",
                "--no-repeat-ngram-size=-1",
                "--suppress-tokens=1,x",
                "--suppress-tokens=-2",
                "--max-initial-timestamp=31",
                "--clip-timestamps=2,1",
                "--offset=NaN",
                "--vad-threshold=1.5",
                "--vad-min-silence=0.5",
                "--vad-max-speech=0.5",
                "--batch-size=0",
                "--chunk-length=31",
                "--audio-context=short",
                "--chunk-length=-1"
            })
    void refusesInvalidValues(String option) {
        assertThatThrownBy(() -> parse(option))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining(option.substring(option.indexOf('=') + 1).replace("2,1", "2.0,1.0"));
    }

    private static TranscribeOptions parse(String... arguments) {
        DecodingOptions options = new DecodingOptions();
        new CommandLine(new Command(options))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(arguments);
        return options.transcribeOptions();
    }

    @CommandLine.Command
    private static final class Command {
        @CommandLine.Mixin
        private final DecodingOptions options;

        Command(DecodingOptions options) {
            this.options = options;
        }
    }
}
