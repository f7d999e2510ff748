package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uses chunks with scripted content, identified by their first frame. */
class ChunkedTranscriptionTest {
    private static final int START = ScriptedSpeech.SPECIALS.startOfTranscript();
    private static final int PREVIOUS = ScriptedSpeech.SPECIALS.startOfPrevious();
    private static final int T0 = ScriptedSpeech.SPECIALS.timestampBegin();

    private final ScriptedSpeech speech = new ScriptedSpeech();
    private final ScriptedNetwork scripted = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, speech::next);
    private final List<Integer> batches = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();
    private final List<Double> progress = new ArrayList<>();
    private final Set<float[]> spectrograms = Collections.newSetFromMap(new IdentityHashMap<>());
    private final BatchLimit limit = new BatchLimit();

    private Runnable beforeEncoding = () -> {};
    private Consumer<Segment> onSegment = segments::add;
    private ChunkedOptions chunked = ChunkedOptions.defaults();

    @Test
    void decodesClipsInOneBatch() {
        speech.say(500, T0, " one", T0 + 250);
        speech.say(4000, T0, " two", T0 + 500);
        run(
                6000,
                english()
                        .hotwords("hi")
                        .clipTimestamps(
                                List.of(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(40))));

        assertThat(scripted.encoded()).containsExactly(500L, 4000L);
        assertThat(batches).containsExactly(2);
        assertThat(segments).extracting(Segment::text).containsExactly(" one", " two");
        assertThat(segments).extracting(Segment::start).containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(40));
        assertThat(progress).isSorted().endsWith(1.0);
        assertThat(scripted.prompts().get(0)).startsWith(PREVIOUS, (int) ' ', (int) 'h', (int) 'i', START);
    }

    @Test
    void batchHasTheAudioContextOfItsLongestChunk() {
        speech.say(0, T0 + 50, " one", T0 + 500);
        run(1200, english().audioContext(AudioContext.AUTO));
        assertThat(scripted.frames()).containsExactly(2 * AudioContext.AUTO.positions(1200));

        scripted.frames().clear();
        run(4500, english().audioContext(AudioContext.AUTO));
        assertThat(scripted.frames()).hasSizeGreaterThan(1).containsOnly(3000);
    }

    @Test
    void decodesShortRecordingAsSingleChunk() {
        speech.say(0, T0 + 50, " one", T0 + 500, T0 + 600, " two", T0 + 1400);
        run(3000, english());

        assertThat(scripted.encoded()).containsExactly(0L);
        assertThat(segments).extracting(Segment::text).containsExactly(" one", " two");
        assertThat(segments).extracting(Segment::start).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(12));
        assertThat(segments).extracting(Segment::end).containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(28));
        assertThat(segments.get(0).tokens()).containsExactly((int) ' ', (int) 'o', (int) 'n', (int) 'e');
        assertThat(segments.get(0).averageLogProbability()).isNegative();
        assertThat(segments.get(0).words()).isEmpty();
        assertThat(progress).isSorted().endsWith(1.0);
        assertThat(scripted.open()).isZero();
    }

    @Test
    void keepsTextCutOffByChunkEnd() {
        speech.say(0, T0, " one", T0 + 500, T0 + 500, " two", T0 + 900, T0 + 900, " thr");
        run(2950, english());

        assertThat(segments).extracting(Segment::text).containsExactly(" one", " two", " thr");
        assertThat(segments.get(2).start()).isEqualTo(Duration.ofSeconds(18));
        assertThat(segments.get(2).end()).as("the end of the audio").isEqualTo(Duration.ofMillis(29_500));
    }

    @Test
    void dropsTextAfterEndOfAudio() {
        speech.say(0, T0, " one", T0 + 500, T0 + 1200, " noise", T0 + 1400);
        run(2000, english());
        assertThat(segments).extracting(Segment::text).containsExactly(" one");
    }

    @ParameterizedTest
    @CsvSource({"30, 1", "30, 3", "30, 12", "20, 1", "20, 3", "20, 12"})
    void textIsIndependentOfBatchSizeAndChunkLength(int seconds, int batch) {
        chunked = new ChunkedOptions(Duration.ofSeconds(seconds), batch);
        List<String> sentences = sayNumbers(150, seconds);
        run(15_000, english());

        assertThat(segments).extracting(Segment::text).isEqualTo(sentences);
        for (int i = 0; i < segments.size(); i++) {
            assertThat(segments.get(i).start())
                    .isBetween(Duration.ofMillis(2000 * i - 40), Duration.ofMillis(2000 * i + 40));
            assertThat(segments.get(i).end()).isEqualTo(segments.get(i).start().plusMillis(1600));
        }
        assertThat(batches).allMatch(size -> size <= batch);
        assertThat(scripted.mostOpenWindows()).isEqualTo(1);
        assertThat(spectrograms).hasSizeLessThanOrEqualTo(batch);
        assertThat(progress).isSorted().endsWith(1.0);
    }

    @Test
    void limitsBatchToChunksOfRecording() {
        run(6000, english());
        assertThat(batches).containsExactly(3);
    }

    @Test
    void transcriptionOptionsOverrideDefaults() {
        ChunkedOptions requested = ChunkedOptions.defaults()
                .withOverrides(english()
                        .chunkLength(Duration.ofSeconds(10))
                        .batchSize(2)
                        .build());
        assertThat(requested).isEqualTo(new ChunkedOptions(Duration.ofSeconds(10), 2));
        assertThat(ChunkedOptions.defaults().withOverrides(english().build())).isEqualTo(ChunkedOptions.defaults());
        assertThat(ChunkedOptions.defaults().withBatchSize(3).withChunkLength(Duration.ofSeconds(20)))
                .isEqualTo(new ChunkedOptions(Duration.ofSeconds(20), 3));
        assertThatThrownBy(() -> new ChunkedOptions(Duration.ofSeconds(31), 3))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ChunkedOptions(Duration.ofSeconds(30), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyChunkGetsOnlyTheGivenPrompt() {
        run(6000, english().prompt(" hi "));
        assertThat(scripted.prompts())
                .hasSize(3)
                .allSatisfy(prompt -> assertThat(prompt).startsWith(PREVIOUS, (int) ' ', (int) 'h', (int) 'i', START));

        scripted.prompts().clear();
        run(6000, english());
        assertThat(scripted.prompts())
                .hasSize(3)
                .allSatisfy(prompt -> assertThat(prompt).startsWith(START));
    }

    @Test
    void silentChunkHasNoText() {
        speech.say(0, T0, " one", T0 + 500);
        speech.say(2000, T0 + 600, " noise", T0 + 900);
        speech.say(4000, T0 + 600, " two", T0 + 900);
        speech.silence(2000, 0.7);
        speech.certainty(0.3);
        run(7000, english().temperatures(List.of(0.0)).logProbabilityThreshold(-0.5));
        assertThat(segments).extracting(Segment::text).containsExactly(" one", " two");

        speech.certainty(0.9);
        segments.clear();
        run(7000, english());
        assertThat(segments)
                .extracting(Segment::text)
                .as("a sure text is no silence")
                .containsExactly(" one", " noise", " two");
    }

    @Test
    void retriesOnlyChunksWithSuspiciousText() {
        speech.certainty(0.2);
        run(6000, english().temperatures(List.of(0.0, 1.0)).bestOf(2).logProbabilityThreshold(-0.5));
        assertThat(scripted.encoded()).as("each chunk is encoded once").containsExactly(0L, 2000L, 4000L);
        assertThat(scripted.prompts()).as("two attempts for each").hasSize(6);
    }

    @ParameterizedTest
    @CsvSource({"1, 8", "2, 9", "3, 5", "12, 5"})
    void detectsLanguageFromFirstChunkWithSpeech(int batch, int encoded) {
        chunked = chunked.withBatchSize(batch);
        speech.silence(0, 0.9);
        speech.silence(2000, 0.9);
        speech.language(4000, "fr");
        for (int i = 0; i < 5; i++) {
            speech.say(2000 * i, T0 + 600, " number" + i, T0 + 700);
        }
        SpokenLanguage language = run(11_000, TranscribeOptions.builder());

        assertThat(language.code()).isEqualTo("fr");
        assertThat(language.probability()).isCloseTo(0.8, within(1e-6));
        assertThat(text()).isEqualTo(" number0 number1 number2 number3 number4");
        assertThat(scripted.encoded())
                .as("windows encoded, for the language alone or not")
                .hasSize(encoded);
        List<List<Integer>> decoded =
                scripted.prompts().stream().filter(prompt -> prompt.size() > 1).toList();
        assertThat(decoded)
                .hasSize(5)
                .allSatisfy(prompt -> assertThat(prompt)
                        .containsExactly(START, ScriptedSpeech.language("fr"), ScriptedSpeech.SPECIALS.transcribe()));
        assertThat(scripted.open()).isZero();
        assertThat(scripted.mostOpenWindows()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1", "3", "12"})
    void detectsLanguageFromFirstChunkWithoutSpeech(int batch) {
        chunked = chunked.withBatchSize(batch);
        speech.language(0, "it");
        for (int i = 0; i < 5; i++) {
            speech.silence(2000 * i, 0.9);
        }
        assertThat(run(11_000, TranscribeOptions.builder()).code()).isEqualTo("it");
    }

    @Test
    void detectsLanguageFromFirstChunkIfSilenceCheckIsOff() {
        speech.language(0, "it");
        speech.silence(0, 0.9);
        assertThat(run(11_000, TranscribeOptions.builder().noSpeechThreshold(null))
                        .code())
                .isEqualTo("it");
    }

    @Test
    void encodesChunksForLanguageDetectionOnce() {
        run(6000, TranscribeOptions.builder());
        assertThat(scripted.encoded()).containsExactly(0L, 2000L, 4000L);
    }

    @Test
    void emptyRecordingHasLanguageButNoText() {
        assertThat(run(0, TranscribeOptions.builder()).code()).isEqualTo("de");
        assertThat(segments).isEmpty();
        scripted.encoded().clear();
        assertThat(run(0, english()).probability()).isNull();
        assertThat(scripted.encoded()).isEmpty();
    }

    @Test
    void segmentsAreDeduplicatedChunksWithoutTimestamps() {
        speech.say(0, "ab cd ef gh ij kl");
        speech.say(2000, "ij kl mn op qr");
        run(5000, english().timestamps(Timestamps.NONE));

        assertThat(text()).isEqualTo("ab cd ef gh ij kl mn op qr");
        assertThat(segments).extracting(Segment::end).containsExactly(Duration.ofSeconds(25), Duration.ofSeconds(50));
        assertThat(scripted.prompts())
                .allSatisfy(prompt -> assertThat(prompt).contains(ScriptedSpeech.SPECIALS.noTimestamps()));
    }

    @Test
    void wordsHaveTimesAndFormText() {
        speech.say(0, T0 + 100, " ab cd", T0 + 900, T0 + 1100, " ef gh", T0 + 1450);
        speech.say(2000, T0 + 100, " ef gh", T0 + 450, T0 + 800, " ij", T0 + 900);
        run(5000, english().timestamps(Timestamps.WORD));

        assertThat(text()).isEqualTo(" ab cd ef gh ij");
        assertThat(segments)
                .flatExtracting(Segment::words)
                .extracting(Word::text)
                .containsExactly(" ab", " cd", " ef", " gh", " ij");
        assertThat(segments).flatExtracting(Segment::words).allSatisfy(word -> {
            assertThat(word.probability()).isCloseTo(0.9, within(0.02));
            assertThat(word.end()).isGreaterThanOrEqualTo(word.start());
        });
        assertThat(segments.get(2).start()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(50));

        List<String> withWords = segments.stream().map(Segment::text).toList();
        segments.clear();
        run(5000, english());
        assertThat(segments).extracting(Segment::text).isEqualTo(withWords);
    }

    @Test
    void halvesAndRetriesBatchThatExceedsMemory() {
        List<String> sentences = sayNumbers(300, 30);
        fitting(3, () -> new EngineOutOfMemoryException("no memory"));
        run(30_000, english());

        assertThat(segments).extracting(Segment::text).isEqualTo(sentences);
        assertThat(batches).startsWith(12, 6, 3, 3).allMatch(size -> size <= 12);
        assertThat(limit.largest()).isEqualTo(3);
        assertThat(limit.note()).hasValue("batch size reduced to 3 chunks after running out of memory");
        assertThat(scripted.open()).isZero();

        batches.clear();
        run(30_000, english());
        assertThat(batches).as("it is remembered").allMatch(size -> size <= 3);
    }

    @Test
    void handlesJavaOutOfMemoryError() {
        fitting(1, () -> {
            throw new OutOfMemoryError("scripted");
        });
        run(6000, english());
        assertThat(batches).startsWith(3, 1);
        assertThat(limit.note()).hasValue("batch size reduced to 1 chunk after running out of memory");
    }

    @Test
    void losesNoTextIfMemoryRunsOutWhileDecoding() {
        List<String> sentences = sayNumbers(150, 30);
        ScriptedNetwork failing = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, (window, tokens) -> {
            // The fourth chunk of a batch no longer fits after some text.
            if (window == 6000 && tokens.size() > 10 && batches.get(batches.size() - 1) > 2) {
                throw new EngineOutOfMemoryException("no memory");
            }
            return speech.next(window, tokens);
        });
        run(failing, 15_000, english());

        assertThat(segments).extracting(Segment::text).isEqualTo(sentences);
        assertThat(batches).startsWith(7, 3);
        assertThat(failing.open()).isZero();
    }

    @Test
    void failsIfSingleChunkExceedsMemory() {
        EngineOutOfMemoryException failure = new EngineOutOfMemoryException("no memory");
        fitting(0, () -> failure);
        assertThatThrownBy(() -> run(6000, english())).isSameAs(failure);
        assertThat(batches).containsExactly(3, 1);
    }

    @Test
    void keepsOnlyOneBatchOfFourHourRecordingInMemory() {
        int hours = 4;
        long frames = hours * 360_000L;
        chunked = chunked.withBatchSize(4);
        for (long frame = 0; frame < frames; frame += 2000) {
            String number = String.format(Locale.ROOT, " %04d", frame / 2000);
            speech.say(frame, T0 + 400, number, T0 + 500);
        }
        List<Long> lags = new ArrayList<>();
        onSegment = segment -> {
            segments.add(segment);
            long encoded = scripted.encoded().get(scripted.encoded().size() - 1) * 10 + 30_000;
            lags.add(encoded - segment.end().toMillis());
        };
        run(frames, english());

        assertThat(segments).hasSize(hours * 180);
        assertThat(text()).startsWith(" 0000 0001 0002").endsWith(" 0718 0719");
        assertThat(spectrograms).as("spectrograms in memory").hasSize(4);
        assertThat(scripted.mostOpenWindows()).isEqualTo(1);
        assertThat(batches).allMatch(size -> size <= 4);
        assertThat(lags).as("milliseconds encoded before a segment was emitted").allMatch(lag -> lag <= 120_000);
        assertThat(scripted.open()).isZero();
    }

    /** Scripts a number every two seconds, so that each chunk contains some of them. */
    private List<String> sayNumbers(int seconds, int chunkSeconds) {
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < seconds / 2; i++) {
            sentences.add(" " + (char) ('a' + i / 20) + (char) ('a' + i % 20));
        }
        Chunks chunks = Chunks.overlapping(List.of(new FrameRange(0, seconds * 100L)), chunkSeconds * 100);
        for (int c = 0; c < chunks.count(); c++) {
            Chunk chunk = chunks.get(c);
            List<Object> parts = new ArrayList<>();
            for (int i = 0; i < sentences.size(); i++) {
                long start = Math.round((200 * i - chunk.firstFrame()) / 2.0);
                if (start >= 0 && start + 80 <= chunk.frames() / 2) {
                    parts.addAll(List.of(T0 + (int) start, sentences.get(i), T0 + (int) start + 80));
                }
            }
            speech.say(chunk.firstFrame(), parts.toArray());
        }
        return sentences;
    }

    /** Makes encoding fail for more than the given number of windows. */
    private void fitting(int most, Supplier<EngineOutOfMemoryException> failure) {
        beforeEncoding = () -> {
            if (batches.get(batches.size() - 1) > most) {
                throw failure.get();
            }
        };
    }

    private static TranscribeOptions.Builder english() {
        return TranscribeOptions.builder().language(Language.of("en"));
    }

    private String text() {
        return segments.stream().map(Segment::text).collect(Collectors.joining());
    }

    private SpokenLanguage run(long frames, TranscribeOptions.Builder options) {
        return run(scripted, frames, options);
    }

    private SpokenLanguage run(ScriptedNetwork network, long frames, TranscribeOptions.Builder options) {
        Spectrogram spectrogram = new Spectrogram() {
            @Override
            public long frames() {
                return frames;
            }

            @Override
            public void window(long firstFrame, float[] target) {
                throw new AssertionError("A chunk hears nothing of what lies outside");
            }

            @Override
            public void window(long firstFrame, int part, float[] target) {
                assertThat(firstFrame + part).isLessThanOrEqualTo(frames);
                spectrograms.add(target);
                target[0] = firstFrame;
            }
        };
        TranscriptionSteps steps = new TranscriptionSteps(
                counting(network), ScriptedSpeech.TOKENIZER, GenerationConfig.NONE, options.build());
        return new ChunkedTranscription(steps, spectrogram, chunked, limit).run(onSegment, progress::add);
    }

    private WhisperNetwork counting(ScriptedNetwork network) {
        return new WhisperNetwork() {
            @Override
            public ModelDimensions dimensions() {
                return network.dimensions();
            }

            @Override
            public EncoderOutput encode(List<float[]> windows) {
                batches.add(windows.size());
                beforeEncoding.run();
                return network.encode(windows);
            }

            @Override
            public void close() {
                network.close();
            }
        };
    }
}
