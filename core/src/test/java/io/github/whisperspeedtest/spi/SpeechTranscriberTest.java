package io.github.whisperspeedtest.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.transcription.ChunkTranscriber;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.TranscriberLifecycle;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import io.github.whisperspeedtest.transcription.Vad;
import io.github.whisperspeedtest.transcription.VadOptions;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.vad.SpeechProbability;
import io.github.whisperspeedtest.vad.SpeechSpan;
import io.github.whisperspeedtest.vad.VoiceActivityDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The detector finds one second of speech from 10 s on and two from 50 s on. The engine hears a segment in each second.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpeechTranscriberTest {
    private static final int SECOND = Audio.SAMPLE_RATE;
    private static final Audio RECORDING = Audio.builder("minutes")
            .warn("It is cut off.")
            .append(new float[100 * SECOND], 0, 100 * SECOND)
            .build();
    private static final TranscribeOptions WITH_VAD =
            TranscribeOptions.builder().vad(true).build();

    @TempDir
    private Path directory;

    private final List<String> events = new ArrayList<>();
    private final List<TranscribeOptions> received = new ArrayList<>();
    private final List<VadOptions> detectedWith = new ArrayList<>();
    private final List<Long> chunks = new ArrayList<>();
    private List<SpeechSpan> speech =
            List.of(new SpeechSpan(10 * SECOND, 11 * SECOND), new SpeechSpan(50 * SECOND, 52 * SECOND));
    private Runnable whileDetecting = () -> {};

    /** Whether the detection lasts until it is cancelled. */
    private boolean endless;

    private ModelFiles files = new ModelFiles("fake", Map.of());

    @BeforeEach
    void installDetector() throws IOException {
        Path file = Files.writeString(directory.resolve("vad.onnx"), "weights");
        files = ModelFiles.of("fake", List.of(Files.writeString(directory.resolve("model.bin"), "weights")))
                .with(new ModelFiles(SileroModel.NAME, Map.of(SileroModel.FILE, file)));
    }

    @Test
    void transcribesOnlySpeechAndRestoresTimes() {
        List<Segment> streamed = new ArrayList<>();
        List<Double> progress = new ArrayList<>();
        try (Transcriber transcriber = open(false)) {
            Transcription result = transcriber.transcribe(RECORDING, WITH_VAD, new TranscriptionListener() {
                @Override
                public void onSegment(Segment segment) {
                    streamed.add(segment);
                }

                @Override
                public void onProgress(double fraction) {
                    progress.add(fraction);
                }
            });

            assertThat(result.segments())
                    .extracting(segment -> segment.start().toMillis())
                    .containsExactly(10_000L, 50_250L, 51_000L);
            assertThat(result.segments())
                    .extracting(segment -> segment.end().toMillis())
                    .containsExactly(11_000L, 50_750L, 52_000L);
            assertThat(result.segments().get(1).words())
                    .containsExactly(new Word(Duration.ofMillis(50_250), Duration.ofMillis(50_750), " word", 0.5));
            assertThat(streamed).isEqualTo(result.segments());
            assertThat(progress).containsExactly(1.0);
            assertThat(result.duration()).isEqualTo(Duration.ofSeconds(100));
            assertThat(result.language()).isEqualTo("de");
            assertThat(result.languageProbability()).isEqualTo(0.75);
            assertThat(result.warnings()).containsExactly("It is cut off.");
            assertThat(result.timings().total()).isGreaterThan(Duration.ofMillis(7));
            assertThat(result.timings().encode()).isEqualTo(Duration.ofMillis(2));
        }
        assertThat(received).extracting(TranscribeOptions::vad).containsExactly(Vad.OFF);
    }

    @Test
    void recordingsOfABatchAreCutAndGetTheirOwnTimes() {
        Audio two = Audio.of("two", new float[60 * SECOND]);
        try (BatchTranscriber transcriber = open(false)) {
            List<Transcription> results = transcriber.transcribeAll(List.of(RECORDING, two), WITH_VAD);

            assertThat(results)
                    .allSatisfy(result -> assertThat(result.segments())
                            .extracting(segment -> segment.start().toMillis())
                            .containsExactly(10_000L, 50_250L, 51_000L));
            assertThat(results)
                    .extracting(Transcription::duration)
                    .containsExactly(Duration.ofSeconds(100), Duration.ofSeconds(60));
            assertThat(results.get(0).warnings()).containsExactly("It is cut off.");
            assertThat(results.get(1).warnings()).isEmpty();
        }
        assertThat(chunks).as("ends of the chunks of both").containsExactly(3L * SECOND, 3L * SECOND);
        assertThat(detectedWith).hasSize(2);
    }

    @Test
    void shortRecordingsOfABatchAreOneChunkEachWithoutVoiceActivityDetection() {
        try (BatchTranscriber transcriber = open(false)) {
            List<Audio> recordings =
                    List.of(Audio.of("one", new float[2 * SECOND]), Audio.of("two", new float[3 * SECOND]));

            assertThat(transcriber.transcribeAll(recordings, TranscribeOptions.defaults()))
                    .extracting(result -> result.segments().size())
                    .containsExactly(2, 3);
        }
        assertThat(chunks).containsExactly(2L * SECOND, 3L * SECOND);
        assertThat(detectedWith).isEmpty();
    }

    @Test
    void onlyWhatIsIndependentOfOtherTextIsBatched() {
        Duration small = Duration.ofSeconds(30);
        Duration large = Duration.ofSeconds(31);
        TranscribeOptions options = TranscribeOptions.defaults();
        try (BatchTranscriber transcriber = open(false)) {
            assertThat(transcriber.canBatch(small, options)).isTrue();
            assertThat(transcriber.canBatch(large, options)).isFalse();
            assertThat(transcriber.canBatch(large, WITH_VAD)).isTrue();
            assertThat(List.of(
                            options.toBuilder().prefix("So").build(),
                            options.toBuilder().conditionOnPreviousText(true).build(),
                            options.toBuilder()
                                    .clipTimestamps(List.of(Duration.ofSeconds(1)))
                                    .build()))
                    .allSatisfy(refused ->
                            assertThat(transcriber.canBatch(small, refused)).isFalse());
            assertThatThrownBy(() -> transcriber.transcribeAll(List.of(RECORDING), options))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void filtersIfRequestedOrByDefault() {
        try (Transcriber onRequest = open(false);
                Transcriber byDefault = open(true)) {
            assertThat(segments(onRequest, Vad.AUTO)).isEqualTo(100);
            assertThat(segments(onRequest, Vad.OFF)).isEqualTo(100);
            assertThat(segments(onRequest, Vad.ON)).isEqualTo(3);
            assertThat(segments(byDefault, Vad.AUTO)).isEqualTo(3);
            assertThat(segments(byDefault, Vad.OFF)).isEqualTo(100);
            assertThat(byDefault.parameters().notes()).isEmpty();
        }
    }

    @Test
    void clipsAreNotFilteredByDefault() {
        TranscribeOptions clips = TranscribeOptions.builder()
                .clipTimestamps(List.of(Duration.ofSeconds(30)))
                .build();
        try (Transcriber byDefault = open(true)) {
            assertThat(byDefault.transcribe(RECORDING, clips).segments()).hasSize(100);
            assertThat(byDefault.resolve(clips).vad()).isEqualTo(Vad.OFF);
        }
        assertThat(detectedWith).isEmpty();
    }

    @Test
    void resolvesWhetherSpeechIsDetected() {
        try (Transcriber onRequest = open(false);
                Transcriber byDefault = open(true)) {
            assertThat(onRequest.resolve(TranscribeOptions.defaults()).vad()).isEqualTo(Vad.OFF);
            assertThat(onRequest.resolve(WITH_VAD).vad()).isEqualTo(Vad.ON);
            assertThat(byDefault.resolve(TranscribeOptions.defaults()).vad()).isEqualTo(Vad.ON);
        }
    }

    @Test
    void loadsDetectorWhenNeeded() {
        open(false).close();
        assertThat(events).containsExactly("load [model.bin]", "close");
        events.clear();
        open(true).close();
        assertThat(events).containsExactly("load detector", "load [model.bin]", "close detector", "close");
        events.clear();
        try (Transcriber transcriber = open(false)) {
            transcriber.transcribe(RECORDING, WITH_VAD);
            transcriber.transcribe(RECORDING, WITH_VAD);
        }
        assertThat(events).containsExactly("load [model.bin]", "load detector", "close detector", "close");
    }

    @Test
    void namesModelThatIsNotInstalled() {
        files = files.withoutCompanion(SileroModel.NAME);
        try (Transcriber onRequest = open(false);
                Transcriber byDefault = open(true)) {
            assertThatThrownBy(() -> onRequest.transcribe(RECORDING, WITH_VAD))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("whisper-speedtest download -i fake");
            assertThat(onRequest.parameters().notes()).isEmpty();
            assertThat(segments(byDefault, Vad.AUTO)).isEqualTo(100);
            assertThat(byDefault.parameters().notes()).containsExactly("VAD off: silero-vad is not on this machine");
        }
    }

    @Test
    void decodesChunksOfSpeechInBatches() {
        speech = List.of(
                new SpeechSpan(10 * SECOND, 13 * SECOND),
                new SpeechSpan(20 * SECOND, 22 * SECOND),
                new SpeechSpan(50 * SECOND, 52 * SECOND));
        TranscribeOptions batched = WITH_VAD.toBuilder()
                .batchSize(2)
                .chunkLength(Duration.ofSeconds(5))
                .build();
        try (Transcriber transcriber = open(false)) {
            Transcription result = transcriber.transcribe(RECORDING, batched);
            assertThat(chunks).containsExactly(5L * SECOND, 7L * SECOND);
            assertThat(result.segments())
                    .extracting(segment -> segment.start().toSeconds())
                    .containsExactly(10L, 11L, 12L, 20L, 21L, 50L, 51L);
            assertThat(received).last().satisfies(plain -> {
                assertThat(plain.vad()).isEqualTo(Vad.OFF);
                assertThat(plain.batchSize()).isEqualTo(2);
            });
            assertThat(detectedWith)
                    .containsExactly(VadOptions.defaults()
                            .withMinSilence(Duration.ofMillis(160))
                            .withMaxSpeech(Duration.ofSeconds(5)));
            assertThat(transcriber.transcribe(RECORDING, WITH_VAD).segments()).hasSize(7);
            assertThat(chunks).as("without a batch size").hasSize(2);

            VadOptions wide = new VadOptions(0.5, null, Duration.ZERO, null, Duration.ofSeconds(3));
            assertThatThrownBy(() -> transcriber.transcribe(
                            RECORDING, batched.toBuilder().vadOptions(wide).build()))
                    .isInstanceOf(UnsupportedOptionException.class)
                    .hasMessageContaining("vad-pad=3000. Chunks of 5 s are too short for this padding on both sides.");
        }
    }

    @Test
    void passesVadOptionsToDetectorOnly() {
        VadOptions strict = VadOptions.defaults().withThreshold(0.9);
        try (Transcriber transcriber = open(false)) {
            transcriber.transcribe(
                    RECORDING, WITH_VAD.toBuilder().vadOptions(strict).build());
        }
        assertThat(detectedWith).containsExactly(strict);
        assertThat(received).extracting(TranscribeOptions::vadOptions).containsExactly(VadOptions.defaults());
    }

    @Test
    void whatIsAskedForDoesNotGiveWayToMissingModel() {
        files = files.withoutCompanion(SileroModel.NAME);
        try (Transcriber transcriber = open(true)) {
            for (TranscribeOptions asked : List.of(
                    TranscribeOptions.builder().batchSize(2).build(),
                    TranscribeOptions.builder()
                            .vadOptions(VadOptions.defaults().withThreshold(0.9))
                            .build())) {
                assertThatThrownBy(() -> transcriber.transcribe(RECORDING, asked))
                        .isInstanceOf(ModelException.class)
                        .hasMessageContaining(SileroModel.NAME);
            }
        }
    }

    @Test
    void recordingWithoutSpeechHasNoText() {
        speech = List.of();
        try (Transcriber transcriber = open(false)) {
            Transcription result = transcriber.transcribe(RECORDING, WITH_VAD);
            assertThat(result.segments()).isEmpty();
            assertThat(result.duration()).isEqualTo(Duration.ofSeconds(100));
        }
    }

    @Test
    void freesDetectorIfModelDoesNotLoad() throws IOException {
        Files.delete(directory.resolve("model.bin"));
        assertThatThrownBy(() -> open(true)).isInstanceOf(ModelException.class);
        assertThat(events).containsExactly("load detector", "close detector");
    }

    @Test
    void closeEndsRunningDetection() throws Exception {
        CountDownLatch detecting = new CountDownLatch(1);
        whileDetecting = detecting::countDown;
        endless = true;
        Transcriber transcriber = open(false);
        CompletableFuture<Transcription> call =
                CompletableFuture.supplyAsync(() -> transcriber.transcribe(RECORDING, WITH_VAD));
        detecting.await();
        transcriber.close();
        assertThatCode(transcriber::close).doesNotThrowAnyException();

        assertThatThrownBy(() -> call.get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(OperationCancelledException.class);
        assertThat(events).containsExactly("load [model.bin]", "load detector", "close detector", "close");
        assertThatThrownBy(() -> transcriber.transcribe(RECORDING, WITH_VAD))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void interruptEndsRunningDetection() {
        whileDetecting = Thread.currentThread()::interrupt;
        try (Transcriber transcriber = open(false)) {
            assertThatThrownBy(() -> transcriber.transcribe(RECORDING, WITH_VAD))
                    .isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
            whileDetecting = () -> {};
            speech = List.of();
            assertThat(transcriber
                            .transcribe(Audio.of("empty", new float[0]), WITH_VAD)
                            .segments())
                    .isEmpty();
        }
    }

    @Test
    void rejectsCloseFromListener() {
        Transcriber transcriber = open(false);
        TranscriptionListener closer = new TranscriptionListener() {
            @Override
            public void onSegment(Segment segment) {
                transcriber.close();
            }
        };
        assertThatThrownBy(() -> transcriber.transcribe(RECORDING, WITH_VAD, closer))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("listener");
        assertThat(segments(transcriber, Vad.ON)).as("after the failed attempt").isEqualTo(3);
        transcriber.close();
    }

    private static int segments(Transcriber transcriber, Vad vad) {
        TranscribeOptions options = TranscribeOptions.builder().vad(vad).build();
        return transcriber.transcribe(RECORDING, options).segments().size();
    }

    private SpeechTranscriber open(boolean filtersByDefault) {
        ImplementationContext context = new ImplementationContext(directory, directory, directory, Settings.none());
        Fake fake = new Fake(filtersByDefault);
        return SpeechTranscriber.load(
                fake, files, LoadOptions.defaults(), new SpeechDetection(fake.id(), context, files, (file, unused) -> {
                    assertThat(file).isEqualTo(directory.resolve("vad.onnx"));
                    events.add("load detector");
                    return new FakeDetector();
                }));
    }

    private final class FakeDetector implements VoiceActivityDetector {
        @Override
        public List<SpeechSpan> detect(Audio audio, VadOptions options, Runnable checkpoint) {
            detectedWith.add(options);
            whileDetecting.run();
            do {
                checkpoint.run();
            } while (endless);
            return speech;
        }

        @Override
        public SpeechProbability openStream() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            events.add("close detector");
        }
    }

    private final class Fake implements Implementation {
        private final boolean filtersByDefault;

        Fake(boolean filtersByDefault) {
            this.filtersByDefault = filtersByDefault;
        }

        @Override
        public String id() {
            return "fake";
        }

        @Override
        public Capabilities capabilities() {
            Capabilities.Builder builder = Capabilities.sequentialDecoding().batching(Batching.SPEECH);
            return (filtersByDefault ? builder.vadByDefault() : builder).build();
        }

        @Override
        public Availability availability() {
            return new Availability.Available("fake 1.0", "CPU");
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            return List.of();
        }

        @Override
        public Transcriber load(ModelFiles own, LoadOptions options) {
            own.single();
            events.add("load " + own.byName().keySet());
            return new FakeTranscriber();
        }
    }

    private final class FakeTranscriber implements ChunkTranscriber {
        private final TranscriberLifecycle lifecycle = new TranscriberLifecycle();

        @Override
        public EngineParameters parameters() {
            return new EngineParameters("fake", "fake 1.0", "auto", "CPU", "f32", 1);
        }

        @Override
        public Transcription transcribe(Audio audio, TranscribeOptions options, TranscriptionListener listener) {
            return lifecycle.call(() -> {
                received.add(options);
                List<Segment> segments = new ArrayList<>();
                for (long i = 0; i < audio.duration().toSeconds(); i++) {
                    Duration start = Duration.ofSeconds(i);
                    Word word = new Word(start.plusMillis(250), start.plusMillis(750), " word", 0.5);
                    Segment segment =
                            new Segment(start, start.plusSeconds(1), " word", List.of(), null, null, List.of());
                    segments.add(i == 1 ? segment.withTimes(start, segment.end(), List.of(word)) : segment);
                    listener.onSegment(segments.get((int) i));
                }
                listener.onProgress(1);
                return new Transcription(
                        "de",
                        0.75,
                        audio.duration(),
                        segments,
                        new Timings(Duration.ofMillis(7), null, Duration.ofMillis(2), null),
                        audio.warnings());
            });
        }

        @Override
        public Duration chunkLength(TranscribeOptions options) {
            Duration length = options.chunkLength();
            return length == null ? Duration.ofSeconds(30) : length;
        }

        @Override
        public Transcription transcribeChunks(
                Audio audio, List<Long> ends, TranscribeOptions options, TranscriptionListener listener) {
            chunks.addAll(ends);
            return transcribe(audio, options, listener);
        }

        @Override
        public List<Transcription> transcribeChunks(
                List<Audio> recordings, List<List<Long>> ends, TranscribeOptions options) {
            ends.forEach(chunks::addAll);
            return recordings.stream().map(audio -> transcribe(audio, options)).toList();
        }

        @Override
        public void close() {
            lifecycle.close(() -> events.add("close"));
        }
    }
}
