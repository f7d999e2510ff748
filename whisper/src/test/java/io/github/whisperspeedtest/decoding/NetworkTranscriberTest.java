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
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
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

    private final NetworkTranscriber transcriber = transcriber(network);

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
    void clipsAreTranscribedAlone() {
        Transcription transcription = transcriber.transcribe(
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
    void closesNetworkOnceAndRejectsFurtherCalls() {
        transcriber.close();
        assertThatCode(transcriber::close).doesNotThrowAnyException();

        assertThat(network.isClosed()).isTrue();
        assertThatThrownBy(() -> transcriber.transcribe(audio(1), ENGLISH))
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
                transcriber(new ScriptedNetwork(ScriptedNetwork.ENGLISH_ONLY, (window, tokens) -> Map.of()));
        refuses(english, ENGLISH.toBuilder().task(Task.TRANSLATE), "task=translate");
        refuses(english, ENGLISH.toBuilder().language(Language.of("de")), "language=de");
    }

    @Test
    void rejectsLanguageMissingInVocabulary() {
        refuses(transcriber, ENGLISH.toBuilder().language(Language.of("yue")), "language=yue");
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
    void decodesGivenChunksIndependently() {
        List<Segment> received = new ArrayList<>();
        List<Double> progress = new ArrayList<>();
        long second = Audio.SAMPLE_RATE;
        Transcription transcription = transcriber.transcribeChunks(
                audio(40),
                List.of(10 * second, 15 * second, 40 * second),
                ENGLISH.toBuilder().batchSize(2).build(),
                new TranscriptionListener() {
                    @Override
                    public void onSegment(Segment segment) {
                        received.add(segment);
                    }

                    @Override
                    public void onProgress(double fraction) {
                        progress.add(fraction);
                    }
                });
        assertThat(network.encoded()).hasSize(3);
        assertThat(network.sequences()).first().isEqualTo(2);
        assertThat(received).isEqualTo(transcription.segments());
        assertThat(received)
                .extracting(segment -> segment.start().toMillis())
                .containsExactly(100L, 2000L, 10_100L, 12_000L, 15_100L, 17_000L);
        assertThat(received)
                .extracting(segment -> segment.end().toMillis())
                .as("no segment lasts longer than its chunk")
                .containsExactly(2000L, 10_000L, 12_000L, 15_000L, 17_000L, 40_000L);
        assertThat(progress).isSorted().endsWith(1.0);
        assertThat(network.open()).isZero();
    }

    @Test
    void chunkLengthIsThatOfOptionsOrImplementation() {
        TranscribeOptions short15 =
                ENGLISH.toBuilder().chunkLength(Duration.ofSeconds(15)).build();
        ChunkedOptions twenty = ChunkedOptions.defaults().withChunkLength(Duration.ofSeconds(20));
        assertThat(transcriber.chunkLength(ENGLISH)).isEqualTo(Duration.ofSeconds(30));
        assertThat(transcriber.chunkLength(short15)).isEqualTo(Duration.ofSeconds(15));
        assertThat(builder(network).chunks(twenty).build().chunkLength(ENGLISH)).isEqualTo(Duration.ofSeconds(20));
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

    private static NetworkTranscriber transcriber(ScriptedNetwork network) {
        return builder(network).build();
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
