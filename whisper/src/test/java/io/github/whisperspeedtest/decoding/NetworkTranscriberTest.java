package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import io.github.whisperspeedtest.transcription.Vad;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.vad.FilteredAudio;
import io.github.whisperspeedtest.vad.SpeechFilter;
import io.github.whisperspeedtest.vad.SpeechSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every window of the scripted network says "hi" from 0.1 s to 2 s and again until its end. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetworkTranscriberTest {
    private static final SpecialTokens SPECIALS = SpecialTokens.of(ScriptedNetwork.MULTILINGUAL);
    private static final int T0 = SPECIALS.timestampBegin();
    private static final List<Integer> SAID = List.of(
            T0 + 5, (int) ' ', (int) 'h', (int) 'i', T0 + 100, T0 + 100, (int) ' ', (int) 'h', (int) 'i', T0 + 1500);
    private static final TranscribeOptions ENGLISH =
            TranscribeOptions.builder().language(Language.of("en")).build();
    private static final EngineParameters PARAMETERS = new EngineParameters("m", "r", "auto", "cpu", "f32", 1);

    /** Runs before each step of the decoder. */
    private Runnable beforeStep = () -> {};

    private final ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, this::next);
    private static final UnsupportedOptionException MISSING_FILTER =
            new UnsupportedOptionException("scripted", "vad=on", "Its model is not installed.");

    private final NetworkTranscriber transcriber = transcriber(network, null);

    @Test
    void transcribes() {
        Transcription transcription = transcriber.transcribe(audio(40), TranscribeOptions.defaults());

        assertThat(transcription.text()).isEqualTo("hi hi hi hi");
        assertThat(transcription.language()).isEqualTo("de");
        assertThat(transcription.languageProbability()).isBetween(0.99, 1.0);
        assertThat(transcription.duration()).isEqualTo(Duration.ofSeconds(40));
        assertThat(transcription.segments())
                .extracting(segment -> segment.end().toMillis())
                .as("timestamps behind the end of the audio are cut")
                .containsExactly(2000L, 30_000L, 32_000L, 40_000L);
        assertThat(transcription.timings().mel()).isPositive();
        assertThat(transcription.timings().encode()).isNotNull();
        assertThat(transcription.timings().decode()).isPositive();
        assertThat(transcriber.parameters())
                .isEqualTo(PARAMETERS.withArchitecture(network.dimensions().describe()));
        assertThat(network.open()).isZero();
        assertThat(network.mostOpenWindows()).isEqualTo(1);
    }

    @Test
    void clipsAreNotFilteredByDefault() {
        SpeechFilter filter = new SpeechFilter() {
            @Override
            public FilteredAudio filter(Audio audio, Runnable checkpoint) {
                throw new AssertionError("The times of clips are those of the whole recording");
            }

            @Override
            public void close() {}
        };
        Transcription transcription = transcriber(network, filter)
                .transcribe(
                        audio(40),
                        ENGLISH.toBuilder()
                                .clipTimestamps(List.of(Duration.ofSeconds(30)))
                                .build());
        assertThat(transcription.segments())
                .extracting(Segment::end)
                .containsExactly(Duration.ofSeconds(32), Duration.ofSeconds(40));
    }

    @Test
    void refusesTokensBeyondTheVocabulary() {
        int vocabulary = ScriptedNetwork.MULTILINGUAL;
        assertThatThrownBy(() -> transcriber.transcribe(
                        audio(1),
                        ENGLISH.toBuilder()
                                .suppressTokens(List.of(-1, vocabulary))
                                .build()))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContaining("suppress-tokens=" + vocabulary)
                .hasMessageContaining("The model has only " + vocabulary + " tokens.");
        assertThat(transcriber
                        .transcribe(
                                audio(1),
                                ENGLISH.toBuilder()
                                        .suppressTokens(List.of(vocabulary - 1))
                                        .build())
                        .segments())
                .isNotEmpty();
    }

    @Test
    void givenLanguageHasNoProbability() {
        Transcription transcription = transcriber.transcribe(audio(1), ENGLISH);
        assertThat(transcription.language()).isEqualTo("en");
        assertThat(transcription.languageProbability()).isNull();
        assertThat(network.prompts()).hasSize(1);
    }

    @Test
    void reportsSegmentsAndProgress() {
        List<Segment> received = new ArrayList<>();
        List<Double> fractions = new ArrayList<>();
        Transcription transcription = transcriber.transcribe(audio(90), ENGLISH, new TranscriptionListener() {
            @Override
            public void onSegment(Segment segment) {
                received.add(segment);
            }

            @Override
            public void onProgress(double fraction) {
                fractions.add(fraction);
            }
        });
        assertThat(received).hasSize(6).isEqualTo(transcription.segments());
        assertThat(fractions).hasSize(3).isSorted().endsWith(1.0);
    }

    @Test
    void emptyAudioReturnsImmediately() {
        List<Double> fractions = new ArrayList<>();
        for (TranscribeOptions options : List.of(ENGLISH, TranscribeOptions.defaults())) {
            Transcription transcription = transcriber.transcribe(audio(0), options, new TranscriptionListener() {
                @Override
                public void onProgress(double fraction) {
                    fractions.add(fraction);
                }
            });
            assertThat(transcription.segments()).isEmpty();
            assertThat(transcription.language()).isNotEmpty();
        }
        assertThat(fractions).containsExactly(1.0, 1.0);
    }

    @Test
    void interruptEndsTranscriptionBetweenTokens() {
        beforeStep = () -> Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> transcriber.transcribe(audio(30), ENGLISH))
                    .isInstanceOf(OperationCancelledException.class)
                    .hasMessageContaining("test.wav");
        } finally {
            assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
        }
        assertThat(network.sequences()).as("steps after the prompt").isEmpty();
        assertThat(network.open()).isZero();

        beforeStep = () -> {};
        assertThat(transcriber.transcribe(audio(1), ENGLISH).text()).isEqualTo("hi hi");
    }

    @Test
    void closingFromAnotherThreadCancelsAndWaits() throws Exception {
        AtomicReference<@Nullable CompletableFuture<Boolean>> closing = new AtomicReference<>();
        beforeStep = () -> {
            if (closing.get() == null) {
                CompletableFuture<Boolean> future = new CompletableFuture<>();
                closing.set(future);
                Thread closer = new Thread(() -> {
                    transcriber.close();
                    future.complete(network.isClosed());
                });
                closer.start();
                long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
                while (closer.getState() != Thread.State.WAITING) {
                    assertThat(System.nanoTime())
                            .as("close() waits for the call")
                            .isLessThan(end);
                    Thread.onSpinWait();
                }
                assertThat(network.isClosed()).as("freed during the call").isFalse();
            }
        };
        assertThatThrownBy(() -> transcriber.transcribe(audio(30), ENGLISH))
                .isInstanceOf(OperationCancelledException.class);
        assertThat(closing.get().get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(network.open()).isZero();
    }

    @Test
    void closesFilterOnceAndRejectsFurtherCalls() {
        CuttingFilter filter = new CuttingFilter();
        NetworkTranscriber filtering = transcriber(network, filter);
        filtering.close();
        assertThatCode(filtering::close).doesNotThrowAnyException();

        assertThat(network.isClosed()).isTrue();
        assertThat(filter.closed).isEqualTo(1);
        assertThatThrownBy(() -> filtering.transcribe(audio(1), ENGLISH))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void rejectsCloseFromListener() {
        TranscriptionListener closer = new TranscriptionListener() {
            @Override
            public void onSegment(Segment segment) {
                transcriber.close();
            }
        };
        assertThatThrownBy(() -> transcriber.transcribe(audio(1), ENGLISH, closer))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("listener");
        assertThat(transcriber.transcribe(audio(1), ENGLISH).text()).isEqualTo("hi hi");
    }

    @Test
    void propagatesExceptionsOfListenerAndNetwork() {
        IllegalArgumentException failure = new IllegalArgumentException("from the listener");
        TranscriptionListener thrower = new TranscriptionListener() {
            @Override
            public void onProgress(double fraction) {
                throw failure;
            }
        };
        assertThatThrownBy(() -> transcriber.transcribe(audio(40), ENGLISH, thrower))
                .isSameAs(failure);

        EngineException broken = new EngineException("from the engine");
        beforeStep = () -> {
            throw broken;
        };
        assertThatThrownBy(() -> transcriber.transcribe(audio(1), ENGLISH)).isSameAs(broken);

        beforeStep = () -> {};
        assertThat(network.open()).isZero();
        assertThat(transcriber.transcribe(audio(1), ENGLISH).text()).isEqualTo("hi hi");
    }

    @Test
    void rejectsOptionsUnsupportedByEnglishOnlyModel() {
        NetworkTranscriber english =
                transcriber(new ScriptedNetwork(ScriptedNetwork.ENGLISH_ONLY, (window, tokens) -> Map.of()), null);
        refuses(english, ENGLISH.toBuilder().task(Task.TRANSLATE), "task=translate");
        refuses(english, ENGLISH.toBuilder().language(Language.of("de")), "language=de");
    }

    @Test
    void rejectsLanguageMissingInVocabulary() {
        refuses(transcriber, ENGLISH.toBuilder().language(Language.of("yue")), "language=yue");
    }

    @Test
    void leavesVadOffWithoutFilter() {
        assertThat(transcriber
                        .transcribe(audio(1), ENGLISH.toBuilder().vad(Vad.AUTO).build())
                        .text())
                .isEqualTo("hi hi");
    }

    @Test
    void decodesBatchesOfChunks() {
        List<Segment> received = new ArrayList<>();
        NetworkTranscriber chunked = chunked(network);
        Transcription transcription = chunked.transcribe(audio(70), ENGLISH, new TranscriptionListener() {
            @Override
            public void onSegment(Segment segment) {
                received.add(segment);
            }
        });
        // Each chunk says hi in its first two seconds and once more until its end.
        assertThat(transcription.text()).startsWith("hi hi");
        assertThat(network.encoded()).hasSize(3);
        assertThat(network.mostOpenWindows()).isEqualTo(1);
        assertThat(network.open()).isZero();
        assertThat(received).isEqualTo(transcription.segments());
        Duration previous = Duration.ZERO;
        for (Segment segment : received) {
            assertThat(segment.start()).isGreaterThanOrEqualTo(previous);
            previous = segment.end();
        }
        assertThat(previous).isLessThanOrEqualTo(Duration.ofSeconds(70));
        assertThat(transcription.timings().mel()).isPositive();
        assertThat(chunked.parameters().notes()).isEmpty();
    }

    @Test
    void honoursBatchSize() {
        chunked(network).transcribe(audio(70), ENGLISH.toBuilder().batchSize(2).build());
        assertThat(network.sequences()).first().isEqualTo(2);
        network.encoded().clear();
        chunked(network)
                .transcribe(
                        audio(70),
                        ENGLISH.toBuilder().chunkLength(Duration.ofSeconds(10)).build());
        assertThat(network.encoded()).hasSize(11);
    }

    @Test
    void resolvesOptionsThatAreLeftToTheImplementation() {
        TranscribeOptions sequential = transcriber.resolve(TranscribeOptions.defaults());
        assertThat(sequential.vad()).isEqualTo(Vad.OFF);
        assertThat(sequential.conditionOnPreviousText()).isTrue();
        assertThat(sequential.batchSize()).isNull();

        TranscribeOptions chunks =
                chunked(network).resolve(ENGLISH.toBuilder().batchSize(3).build());
        assertThat(chunks.conditionOnPreviousText()).isFalse();
        assertThat(chunks.batchSize()).isEqualTo(3);
        assertThat(chunks.chunkLength()).isEqualTo(ChunkedOptions.DEFAULT_CHUNK_LENGTH);
        assertThat(chunks.language()).isEqualTo(Language.of("en"));
    }

    @Test
    void chunksIgnorePreviousText() {
        assertThat(chunked(network)
                        .transcribe(
                                audio(30),
                                ENGLISH.toBuilder()
                                        .conditionOnPreviousText(false)
                                        .build())
                        .text())
                .isEqualTo("hi hi");
    }

    @Test
    void notesReducedBatchSize() {
        beforeStep = () -> {
            if (network.encoded().size() == 3) {
                throw new EngineOutOfMemoryException("scripted");
            }
        };
        NetworkTranscriber chunked = chunked(network);
        assertThat(chunked.transcribe(audio(70), ENGLISH).text()).startsWith("hi hi");
        assertThat(network.encoded()).hasSize(6);
        assertThat(chunked.parameters().notes())
                .containsExactly("batch size reduced to 1 chunk after running out of memory");
    }

    @Test
    void interruptEndsBatchBetweenTokens() {
        beforeStep = () -> Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> chunked(network).transcribe(audio(70), ENGLISH))
                    .isInstanceOf(OperationCancelledException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(network.sequences()).isEmpty();
        assertThat(network.open()).isZero();
    }

    private static void refuses(NetworkTranscriber transcriber, TranscribeOptions.Builder options, String option) {
        assertThatThrownBy(() -> transcriber.transcribe(audio(1), options.build()))
                .isInstanceOfSatisfying(UnsupportedOptionException.class, refusal -> {
                    assertThat(refusal.implementation()).isEqualTo("scripted");
                    assertThat(refusal.option()).isEqualTo(option);
                });
    }

    @Test
    void transcribesOnlySpeechAndRestoresTimes() {
        try (NetworkTranscriber filtering = transcriber(network, new CuttingFilter())) {
            // One second from 10 s on and twenty from 50 s on.
            Transcription transcription = filtering.transcribe(audio(100), ENGLISH);
            assertThat(transcription.duration()).isEqualTo(Duration.ofSeconds(100));
            assertThat(transcription.segments()).hasSize(2);
            assertThat(transcription.segments().get(0).start()).isEqualTo(Duration.ofMillis(10_100));
            assertThat(transcription.segments().get(0).end()).isEqualTo(Duration.ofSeconds(51));
            assertThat(transcription.segments().get(1).start()).isEqualTo(Duration.ofSeconds(51));
            assertThat(transcription.segments().get(1).end()).isGreaterThanOrEqualTo(Duration.ofSeconds(70));

            Transcription whole = filtering.transcribe(
                    audio(100), ENGLISH.toBuilder().vad(false).build());
            assertThat(whole.segments()).hasSize(8);
        }
    }

    @Test
    void wordsAreNotSplitAtRemovedSilence() {
        try (NetworkTranscriber filtering = transcriber(network, new CuttingFilter())) {
            Transcription transcription = filtering.transcribe(
                    audio(100), ENGLISH.toBuilder().timestamps(Timestamps.WORD).build());
            for (Segment segment : transcription.segments()) {
                assertThat(segment.words()).isNotEmpty();
                for (Word word : segment.words()) {
                    assertThat(word.start()).isBetween(segment.start(), segment.end());
                    assertThat(word.end()).isBetween(word.start(), segment.end());
                    assertThat(word.end().minus(word.start()))
                            .as("no word lasts over the silence")
                            .isLessThan(Duration.ofSeconds(21));
                }
            }
        }
    }

    @Test
    void recordingWithoutSpeechHasNoText() {
        SpeechFilter nothing = new CuttingFilter() {
            @Override
            public FilteredAudio filter(Audio audio, Runnable checkpoint) {
                return FilteredAudio.of(audio, List.of());
            }
        };
        try (NetworkTranscriber filtering = transcriber(network, nothing)) {
            assertThat(filtering.transcribe(audio(10), ENGLISH).segments()).isEmpty();
        }
    }

    /** Keeps one second from 10 s on and twenty from 50 s on. */
    private static class CuttingFilter implements SpeechFilter {
        private int closed;

        @Override
        public FilteredAudio filter(Audio audio, Runnable checkpoint) {
            int second = Audio.SAMPLE_RATE;
            return FilteredAudio.of(
                    audio, List.of(new SpeechSpan(10 * second, 11 * second), new SpeechSpan(50 * second, 70 * second)));
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private static NetworkTranscriber transcriber(ScriptedNetwork network, @Nullable SpeechFilter filter) {
        NetworkTranscriber.Builder builder = builder(network).missingSpeechFilter(() -> MISSING_FILTER);
        if (filter != null) {
            builder.speechFilter(filter, true);
        }
        return builder.build();
    }

    private static NetworkTranscriber chunked(ScriptedNetwork network) {
        return builder(network).chunks(ChunkedOptions.defaults()).build();
    }

    private static NetworkTranscriber.Builder builder(ScriptedNetwork network) {
        return NetworkTranscriber.builder()
                .implementation("scripted")
                .network(network)
                .tokenizer(ScriptedNetwork.tokenizer(network.dimensions().nVocab()))
                .generation(GenerationConfig.NONE)
                .parameters(() -> PARAMETERS);
    }

    private static Audio audio(int seconds) {
        return Audio.of("test.wav", new float[seconds * Audio.SAMPLE_RATE]);
    }

    private Map<Integer, Double> next(long window, List<Integer> tokens) {
        beforeStep.run();
        int start = tokens.lastIndexOf(SPECIALS.startOfTranscript());
        int done = tokens.size() - start - 3;
        if (done < 0) {
            return Map.of(SPECIALS.language("de").orElseThrow(), 1.0);
        }
        if (tokens.contains(SPECIALS.noTimestamps())) {
            return Map.of((int) 'h', 0.5, (int) 'i', 0.5);
        }
        return Map.of(done < SAID.size() ? SAID.get(done) : SPECIALS.endOfText(), 1.0);
    }
}
