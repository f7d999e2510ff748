package io.github.whisperspeedtest.transcription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TranscribeOptionsTest {
    @Test
    void defaultsAreThoseOfOpenAiExceptGreedySearch() {
        TranscribeOptions options = TranscribeOptions.defaults();

        assertThat(options.language()).isEqualTo(Language.auto());
        assertThat(options.task()).isEqualTo(Task.TRANSCRIBE);
        assertThat(options.beamSize()).isEqualTo(1);
        assertThat(options.bestOf()).isEqualTo(5);
        assertThat(options.temperatures()).containsExactly(0.0, 0.2, 0.4, 0.6, 0.8, 1.0);
        assertThat(options.prompt()).isNull();
        assertThat(options.conditionOnPreviousText()).isNull();
        assertThat(options.timestamps()).isEqualTo(Timestamps.SEGMENT);
        assertThat(options.patience()).isEqualTo(1.0);
        assertThat(options.lengthPenalty()).isNull();
        assertThat(options.compressionRatioThreshold()).isEqualTo(2.4);
        assertThat(options.logProbabilityThreshold()).isEqualTo(-1.0);
        assertThat(options.noSpeechThreshold()).isEqualTo(0.6);
        assertThat(options.clipTimestamps()).containsExactly(Duration.ZERO);
        assertThat(options.repetitionPenalty()).isEqualTo(1.0);
        assertThat(options.noRepeatNgramSize()).isZero();
        assertThat(options.hallucinationSilenceThreshold()).isNull();
        assertThat(options.suppressTokens()).containsExactly(-1);
        assertThat(options.prefix()).isNull();
        assertThat(options.hotwords()).isNull();
        assertThat(options.maxInitialTimestamp()).isEqualTo(Duration.ofSeconds(1));
        assertThat(options.vad()).isEqualTo(Vad.AUTO);
        assertThat(options.chunkLength()).isNull();
        assertThat(options.batchSize()).isNull();
        assertThat(options.audioContext()).isNull();
    }

    @Test
    void keepsAndCopiesEveryOption() {
        TranscribeOptions options = TranscribeOptions.builder()
                .language(Language.of("de"))
                .task(Task.TRANSLATE)
                .beamSize(5)
                .bestOf(3)
                .patience(2)
                .lengthPenalty(0.5)
                .temperatures(List.of(0.0, 1.0))
                .compressionRatioThreshold(3.0)
                .logProbabilityThreshold(null)
                .noSpeechThreshold(0.9)
                .prompt("Guten Morgen.")
                .conditionOnPreviousText(false)
                .timestamps(Timestamps.WORD)
                .repetitionPenalty(1.2)
                .noRepeatNgramSize(3)
                .hallucinationSilenceThreshold(Duration.ofSeconds(2))
                .suppressTokens(List.of(7))
                .prefix("Guten")
                .hotwords("Jupiter")
                .maxInitialTimestamp(null)
                .vad(true)
                .vadOptions(VadOptions.defaults().withThreshold(0.6))
                .chunkLength(Duration.ofSeconds(20))
                .batchSize(4)
                .audioContext(AudioContext.AUTO)
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
            assertThat(kept.patience()).isEqualTo(2);
            assertThat(kept.lengthPenalty()).isEqualTo(0.5);
            assertThat(kept.compressionRatioThreshold()).isEqualTo(3.0);
            assertThat(kept.logProbabilityThreshold()).isNull();
            assertThat(kept.noSpeechThreshold()).isEqualTo(0.9);
            assertThat(kept.repetitionPenalty()).isEqualTo(1.2);
            assertThat(kept.noRepeatNgramSize()).isEqualTo(3);
            assertThat(kept.hallucinationSilenceThreshold()).isEqualTo(Duration.ofSeconds(2));
            assertThat(kept.suppressTokens()).containsExactly(7);
            assertThat(kept.prefix()).isEqualTo("Guten");
            assertThat(kept.hotwords()).isEqualTo("Jupiter");
            assertThat(kept.maxInitialTimestamp()).isNull();
            assertThat(kept.vad()).isEqualTo(Vad.ON);
            assertThat(kept.vadOptions()).isEqualTo(VadOptions.defaults().withThreshold(0.6));
            assertThat(kept.chunkLength()).isEqualTo(Duration.ofSeconds(20));
            assertThat(kept.batchSize()).isEqualTo(4);
            assertThat(kept.audioContext()).isEqualTo(AudioContext.AUTO);
        }
    }

    @Test
    void builderDoesNotChangeBuiltOptions() {
        TranscribeOptions.Builder builder = TranscribeOptions.builder().beamSize(2);
        TranscribeOptions first = builder.build();
        builder.beamSize(4);

        assertThat(first.beamSize()).isEqualTo(2);
        assertThat(builder.build().beamSize()).isEqualTo(4);
        assertThat(TranscribeOptions.defaults().beamSize()).isEqualTo(1);
    }

    @Test
    void copiesTemperatures() {
        List<Double> temperatures = new ArrayList<>(List.of(0.0));
        TranscribeOptions options =
                TranscribeOptions.builder().temperatures(temperatures).build();
        temperatures.add(1.0);

        assertThat(options.temperatures()).containsExactly(0.0);
    }

    @ParameterizedTest
    @MethodSource("badTemperatures")
    void temperaturesIncreaseFromZeroToOne(List<Double> temperatures) {
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
    void rejectsNumbersBelowOne() {
        assertThatThrownBy(() -> TranscribeOptions.builder().beamSize(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("beamSize must be at least 1, but was 0");
        assertThatThrownBy(() -> TranscribeOptions.builder().bestOf(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bestOf must be at least 1, but was -1");
        assertThatThrownBy(() -> TranscribeOptions.builder().batchSize(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batchSize must be at least 1, but was 0");
    }

    @Test
    void chunkLengthIsLimited() {
        for (Duration length : List.of(Duration.ofMillis(4999), Duration.ofMillis(30_001))) {
            assertThatThrownBy(() -> TranscribeOptions.builder().chunkLength(length))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("chunkLength must be from 5 to 30 seconds, but was " + length.toMillis() / 1000.0);
        }
        for (Duration length : List.of(TranscribeOptions.SHORTEST_CHUNK, TranscribeOptions.LONGEST_CHUNK)) {
            assertThat(TranscribeOptions.builder().chunkLength(length).build().chunkLength())
                    .isEqualTo(length);
        }
    }

    @Test
    void rejectsNumbersOutOfRange() {
        TranscribeOptions.Builder builder = TranscribeOptions.builder();
        for (double patience : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> builder.patience(patience))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("patience must be a number above 0, but was " + patience);
        }
        assertThatThrownBy(() -> builder.lengthPenalty(1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lengthPenalty must be from 0.0 to 1.0, but was 1.5");
        assertThatThrownBy(() -> builder.compressionRatioThreshold(-1.0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("compressionRatioThreshold must be at least 0.0, but was -1.0");
        assertThatThrownBy(() -> builder.logProbabilityThreshold(0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("logProbabilityThreshold must be at most 0.0, but was 0.5");
        assertThatThrownBy(() -> builder.noSpeechThreshold(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("noSpeechThreshold must be from 0.0 to 1.0, but was NaN");
    }

    @Test
    void rejectsInvalidDecodingRules() {
        TranscribeOptions.Builder builder = TranscribeOptions.builder();
        assertRejects(() -> builder.repetitionPenalty(0), "repetitionPenalty must be a number above 0, but was 0.0");
        assertRejects(() -> builder.noRepeatNgramSize(-1), "noRepeatNgramSize must be at least 0, but was -1");
        assertRejects(
                () -> builder.suppressTokens(List.of(3, -2)),
                "suppressTokens must be ids of tokens from 0 on or -1 for the default ones, but were [3, -2]");
        assertRejects(
                () -> builder.maxInitialTimestamp(Duration.ofMillis(30_001)),
                "maxInitialTimestamp must be from 0 to 30 seconds, but was 30.001");
        assertRejects(
                () -> builder.hallucinationSilenceThreshold(Duration.ZERO),
                "hallucinationSilenceThreshold must be above 0 seconds, but was 0.0");
    }

    @Test
    void hallucinationSilenceThresholdRequiresWords() {
        TranscribeOptions.Builder builder =
                TranscribeOptions.builder().hallucinationSilenceThreshold(Duration.ofSeconds(2));
        assertRejects(
                builder::build,
                "hallucinationSilenceThreshold requires timestamps of words, but timestamps were SEGMENT");
        assertThat(builder.timestamps(Timestamps.WORD).build().hallucinationSilenceThreshold())
                .isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void clipsAreStartsAndEndsInTurn() {
        assertThat(clips(60, 5.0)).containsExactly(clip(5, 60));
        assertThat(clips(60, 5.0, 10.0)).containsExactly(clip(5, 10));
        assertThat(clips(60, 0.0, 1.0, 1.0, 2.5, 40.0)).containsExactly(clip(0, 1), clip(1, 2.5), clip(40, 60));
        assertThat(clips(60, 50.0, 70.0)).as("ends with the recording").containsExactly(clip(50, 60));
        assertThat(clips(60, 50.0, 55.0, 60.0)).as("starts after it").containsExactly(clip(50, 55));
        assertThat(clips(60)).containsExactly(clip(0, 60));
        assertThat(clips(0, 0.0)).isEmpty();
        assertThat(clips(60, 1.004, 2.005)).as("in steps of 10 ms").containsExactly(clip(1, 2.01));
    }

    @Test
    void clipsRise() {
        for (List<Double> times :
                List.of(List.of(-1.0), List.of(2.0, 1.0), List.of(1.0, 1.0), List.of(0.0, 2.0, 1.5))) {
            assertThatThrownBy(() -> clips(60, times.toArray(Double[]::new)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("clipTimestamps must be starts and ends in turn, rising from 0, but were "
                            + times.toString().replaceAll("[\\[\\] ]", ""));
        }
    }

    @Test
    void transcribedLengthIsThatOfAllClips() {
        TranscribeOptions options = TranscribeOptions.builder()
                .clipTimestamps(List.of(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(50)))
                .build();
        assertThat(options.transcribedLength(Duration.ofSeconds(60))).isEqualTo(Duration.ofSeconds(12));
        assertThat(TranscribeOptions.defaults().transcribedLength(Duration.ofNanos(62_500)))
                .isEqualTo(Duration.ofNanos(62_500));
    }

    @Test
    void clipsExcludeVoiceActivityDetection() {
        TranscribeOptions.Builder builder =
                TranscribeOptions.builder().vad(true).clipTimestamps(List.of(Duration.ofSeconds(1)));
        assertRejects(
                builder::build,
                "clipTimestamps and vad exclude each other: use one of them to choose the parts to transcribe");
        assertThat(builder.clipTimestamps(List.of()).build().vad()).isEqualTo(Vad.ON);
    }

    private static List<Clip> clips(double length, Double... times) {
        return TranscribeOptions.builder()
                .clipTimestamps(
                        Arrays.stream(times).map(TranscribeOptionsTest::seconds).toList())
                .build()
                .clips(seconds(length));
    }

    private static Clip clip(double start, double end) {
        return new Clip(seconds(start), seconds(end));
    }

    private static Duration seconds(double value) {
        return Duration.ofMillis(Math.round(value * 1000));
    }

    private static void assertRejects(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void vadCanBeResetToAuto() {
        assertThat(TranscribeOptions.builder().vad(false).build().vad()).isEqualTo(Vad.OFF);
        assertThat(TranscribeOptions.builder().vad(true).vad(Vad.AUTO).build().vad())
                .isEqualTo(Vad.AUTO);
    }

    @Test
    void optionsCanBeResetToImplementationDefault() {
        TranscribeOptions options = TranscribeOptions.builder()
                .conditionOnPreviousText(true)
                .conditionOnPreviousText(null)
                .chunkLength(Duration.ofSeconds(10))
                .chunkLength(null)
                .batchSize(2)
                .batchSize(null)
                .build();
        assertThat(options).usingRecursiveComparison().isEqualTo(TranscribeOptions.defaults());
    }

    @Test
    void rejectsNullExceptWhereDocumented() {
        assertThatThrownBy(() -> TranscribeOptions.builder().language(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> TranscribeOptions.builder().task(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> TranscribeOptions.builder().timestamps(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> TranscribeOptions.builder().temperatures(Arrays.asList(0.0, null)))
                .isInstanceOf(NullPointerException.class);
        assertThat(TranscribeOptions.builder().prompt("x").prompt(null).build().prompt())
                .isNull();
    }
}
