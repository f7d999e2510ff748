package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Vad;
import io.github.whisperspeedtest.transcription.VadOptions;
import java.time.Duration;
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--patience=0",
                "--length-penalty=2",
                "--compression-ratio-threshold=high",
                "--logprob-threshold=1",
                "--no-speech-threshold=1.5",
                "--vad-threshold=1.5",
                "--vad-min-silence=0.5",
                "--vad-max-speech=0.5",
                "--batch-size=0",
                "--chunk-length=31",
                "--chunk-length=-1"
            })
    void refusesInvalidValues(String option) {
        assertThatThrownBy(() -> parse(option))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining(option.substring(option.indexOf('=') + 1));
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
