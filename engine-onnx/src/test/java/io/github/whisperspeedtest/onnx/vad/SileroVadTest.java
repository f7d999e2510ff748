package io.github.whisperspeedtest.onnx.vad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.onnx.graph.GraphBuilder;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.VadOptions;
import io.github.whisperspeedtest.vad.FilteredAudio;
import io.github.whisperspeedtest.vad.SpeechProbability;
import io.github.whisperspeedtest.vad.SpeechSegmenter;
import io.github.whisperspeedtest.vad.SpeechSpan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real ONNX Runtime on networks with Silero VAD's interface but without its weights, which cannot be downloaded in
 * tests: they detect loudness, or expose their input. The accuracy of the real network is not tested here.
 */
class SileroVadTest {
    static {
        OnnxRuntime.start(TestContexts.ofEngine());
    }

    private static final int FRAME = SpeechSegmenter.FRAME_SAMPLES;
    private static final VadOptions EXACT =
            new VadOptions(0.5, Duration.ofMillis(500), Duration.ZERO, null, Duration.ZERO);

    /** Tolerance of a boundary: the tail of a sound fades, and a frame lasts 32 ms. */
    private static final long TOLERANCE = Audio.SAMPLE_RATE / 5;

    @TempDir
    private static Path directory;

    private static Path loudness;

    @BeforeAll
    static void writeNetwork() throws IOException {
        loudness = LoudnessVad.write(directory.resolve("loudness.onnx"));
    }

    @Test
    void detectsEverySentenceOfLongRecording() throws IOException {
        SpeechSample sample = MicroSamples.named("en_long_01.ogg");
        try (SileroVad vad = SileroVad.load(loudness)) {
            Audio recording = read(sample);
            List<SpeechSpan> spans = vad.detect(recording, EXACT, () -> {});
            assertThat(spans).hasSameSizeAs(sample.utterances());
            for (int i = 0; i < spans.size(); i++) {
                SpeechSample.Utterance utterance = sample.utterances().get(i);
                assertThat(spans.get(i).start()).isCloseTo(samples(utterance.start()), within(TOLERANCE));
                // The silence after the last sentence is too short to end it.
                assertThat(spans.get(i).end())
                        .isCloseTo(
                                i == spans.size() - 1 ? recording.sampleCount() : samples(utterance.end()),
                                within(TOLERANCE));
            }
        }
    }

    @Test
    void streamsHaveStatesOfTheirOwn() throws IOException {
        Audio speech = read(MicroSamples.named("en_single_04.flac"));
        float[] frame = new float[FRAME];
        SileroVad closed;
        SpeechProbability one;
        try (SileroVad vad = SileroVad.load(loudness)) {
            closed = vad;
            float[] expected = vad.probabilities(speech, () -> {});
            one = vad.openStream();
            SpeechProbability silent = vad.openStream();
            for (int i = 0; i < speech.sampleCount() / FRAME; i++) {
                speech.read((long) i * FRAME, frame, 0, FRAME);
                assertThat(one.next(frame)).isEqualTo(expected[i]);
                assertThat(silent.next(new float[FRAME])).isLessThan(0.5f);
                if (i == 10) {
                    vad.probabilities(speech, () -> {});
                }
            }
        }
        assertThatThrownBy(() -> one.next(frame)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(closed::openStream).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void removesSilenceAroundSentenceAndKeepsTimes() throws IOException {
        SpeechSample sample = MicroSamples.named("en_single_04.flac");
        Audio sentence = read(sample);
        float[] silence = new float[10 * Audio.SAMPLE_RATE];
        float[] speech = samples(sentence);
        Audio recording = Audio.builder("padded")
                .append(silence, 0, silence.length)
                .append(speech, 0, speech.length)
                .append(silence, 0, silence.length)
                .build();
        try (SileroVad vad = SileroVad.load(loudness)) {
            FilteredAudio filtered = FilteredAudio.of(
                    recording, detect(vad, recording), VadOptions.defaults().padding());
            assertThat(filtered.spans()).hasSize(1);
            assertThat(filtered.audio().sampleCount()).isLessThan(sentence.sampleCount() + 2 * Audio.SAMPLE_RATE);
            long start = samples(filtered.original(Duration.ZERO));
            long expected = silence.length
                    + samples(sample.utterances().get(0).start())
                    - samples(VadOptions.defaults().padding());
            assertThat(start).isBetween(expected - TOLERANCE, expected + TOLERANCE);
        }
    }

    @Test
    void silenceAndEmptyAudioHaveNoSpeech() {
        try (SileroVad vad = SileroVad.load(loudness)) {
            assertThat(detect(vad, Audio.of("silence", new float[10 * Audio.SAMPLE_RATE])))
                    .isEmpty();
            assertThat(detect(vad, Audio.of("nothing", new float[0]))).isEmpty();
        }
    }

    @Test
    void keepsStateBetweenFramesButNotBetweenRecordings() {
        float[] click = new float[8 * FRAME];
        Arrays.fill(click, 0, FRAME, 1f);
        try (SileroVad vad = SileroVad.load(loudness)) {
            float[] first = vad.probabilities(Audio.of("click", click), () -> {});
            // Half of a full-scale frame, and of the 64 samples that the next window repeats; then half of that, and so
            // on.
            double level = 0.5 * FRAME / (FRAME + 64);
            for (int frame = 0; frame < first.length; frame++) {
                level = frame == 0 ? level : 0.5 * level + (frame == 1 ? 0.5 * 64 / (FRAME + 64) : 0);
                assertThat((double) first[frame]).isCloseTo(level / (level + 1e-4), within(1e-5));
            }
            assertThat(vad.probabilities(Audio.of("click", click), () -> {})).containsExactly(first);
        }
    }

    @Test
    void windowStartsWithEndOfPreviousFrame() throws IOException {
        Random random = new Random(5);
        float[] noise = new float[4 * FRAME + 100];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = random.nextFloat();
        }
        for (int position : new int[] {0, 63, 64, 163, 164, 575}) {
            float[] probabilities;
            try (SileroVad vad = SileroVad.load(sampleAt(position))) {
                probabilities = vad.probabilities(Audio.of("noise", noise), () -> {});
            }
            assertThat(probabilities).hasSize(5);
            for (int frame = 0; frame < probabilities.length; frame++) {
                int index = frame * FRAME + position - 64;
                assertThat(probabilities[frame])
                        .as("sample %d of frame %d", position, frame)
                        .isEqualTo(index < 0 || index >= noise.length ? 0 : noise[index]);
            }
        }
    }

    @Test
    void stopsOnInterrupt() {
        Audio hour = hours(1);
        try (SileroVad vad = SileroVad.load(loudness)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> detect(vad, hour))
                    .isInstanceOf(OperationCancelledException.class)
                    .hasMessageContaining("hours");
            assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();

            Thread caller = Thread.currentThread();
            int[] left = {100};
            assertThatThrownBy(() -> vad.detect(hour, VadOptions.defaults(), () -> {
                        if (left[0]-- == 0) {
                            caller.interrupt();
                        }
                    }))
                    .isInstanceOf(OperationCancelledException.class)
                    .hasMessageContaining("at frame 101 of");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(detect(vad, Audio.of("silence", new float[FRAME])))
                    .as("it works again")
                    .isEmpty();
        }
    }

    @Test
    void stopsIfCheckpointThrows() {
        IllegalArgumentException enough = new IllegalArgumentException("enough");
        int[] left = {100};
        try (SileroVad vad = SileroVad.load(loudness)) {
            assertThatThrownBy(() -> vad.detect(hours(1), VadOptions.defaults(), () -> {
                        if (left[0]-- == 0) {
                            throw enough;
                        }
                    }))
                    .isSameAs(enough);
        }
    }

    @Test
    void closesOnlyOnce() {
        SileroVad vad = SileroVad.load(loudness);
        vad.close();
        assertThatCode(vad::close).doesNotThrowAnyException();
        assertThatThrownBy(() -> detect(vad, Audio.of("late", new float[FRAME])))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void namesMissingOrInvalidFile() throws IOException {
        byte[] good = Files.readAllBytes(loudness);
        byte[] garbage = new byte[4096];
        new Random(11).nextBytes(garbage);
        assertRefused(directory.resolve("none.onnx"));
        assertRefused(Files.createDirectories(directory.resolve("folder.onnx")));
        assertRefused(Files.write(directory.resolve("empty.onnx"), new byte[0]));
        assertRefused(Files.write(directory.resolve("garbage.onnx"), garbage));
        assertRefused(Files.write(directory.resolve("cut.onnx"), Arrays.copyOf(good, good.length / 2)));
        assertRefused(Files.write(directory.resolve("large.onnx"), new byte[(16 << 20) + 1]), "16777217 bytes");
    }

    @Test
    void namesModelOfOtherKind() throws IOException {
        GraphBuilder olderVersion = new GraphBuilder("older");
        olderVersion.input("input", DataType.FLOAT, "batch", "samples");
        olderVersion.input("h", DataType.FLOAT, 2, "batch", 64);
        olderVersion.output("output", DataType.FLOAT, "batch", "samples");
        olderVersion.output("hn", DataType.FLOAT, 2, "batch", 64);
        olderVersion.node("Identity", "output", List.of("input"));
        olderVersion.node("Identity", "hn", List.of("h"));
        assertRefused(
                LoudnessVad.write(olderVersion, directory.resolve("older.onnx")),
                "expected inputs {input=FLOAT, sr=INT64, state=FLOAT} and outputs {output=FLOAT, stateN=FLOAT}",
                "found {h=FLOAT, input=FLOAT} and {hn=FLOAT, output=FLOAT}");

        GraphBuilder wrongShape = LoudnessVad.builder("wrong-shape");
        wrongShape.node("Identity", "output", List.of("input"));
        wrongShape.node("Identity", "stateN", List.of("state"));
        assertRefused(LoudnessVad.write(wrongShape, directory.resolve("wrong-shape.onnx")));

        assertRefused(constant(1.5f), "gave 1.5, which is not a probability");
        assertRefused(constant(-0.5f), "gave -0.5, which is not a probability");
        assertRefused(constant(Float.NaN), "gave NaN, which is not a probability");
    }

    @Test
    void rejectsInvalidProbabilities() {
        float[] samples = new float[3 * FRAME];
        samples[2 * FRAME] = Float.NaN;
        try (SileroVad vad = SileroVad.load(loudness)) {
            assertThatThrownBy(() -> detect(vad, Audio.of("broken", samples)))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining(loudness.toString());
        }
    }

    @Test
    void damagedFilesAreRejectedOrWork() throws IOException {
        byte[] good = Files.readAllBytes(loudness);
        Random random = new Random(7);
        Path file = directory.resolve("mutated.onnx");
        Audio second = Audio.of("second", new float[Audio.SAMPLE_RATE]);
        List<String> refusals = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            byte[] mutated = good.clone();
            for (int change = 0; change <= random.nextInt(4); change++) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            Files.write(file, mutated);
            try (SileroVad vad = SileroVad.load(file)) {
                detect(vad, second);
            } catch (ModelException | EngineException e) {
                refusals.add(e.getMessage());
            }
        }
        assertThat(refusals)
                .hasSizeGreaterThan(50)
                .allSatisfy(message -> assertThat(message).contains(file.toString()));
    }

    private static void assertRefused(Path file, String... parts) {
        assertThatThrownBy(() -> SileroVad.load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString())
                .satisfies(refusal -> assertThat(List.of(parts))
                        .allSatisfy(part -> assertThat(refusal).hasMessageContaining(part)));
    }

    /** Writes a network that returns one sample of its window. */
    private static Path sampleAt(int position) throws IOException {
        GraphBuilder graph = LoudnessVad.builder("sample");
        graph.node(
                "Slice",
                "output",
                List.of(
                        "input",
                        graph.constant("from", position),
                        graph.constant("to", position + 1),
                        graph.constant("axis", 1)));
        graph.node("Identity", "stateN", List.of("state"));
        return LoudnessVad.write(graph, directory.resolve("sample-" + position + ".onnx"));
    }

    /** Writes a network that always returns the same value. */
    private static Path constant(float value) throws IOException {
        GraphBuilder graph = LoudnessVad.builder("constant");
        String sum = graph.node("ReduceSum", "sum", List.of("input", graph.constant("axis", 1)));
        String nothing = graph.node("Mul", "nothing", List.of(sum, graph.scalar("zero", 0, DataType.FLOAT)));
        graph.node("Add", "output", List.of(nothing, graph.scalar("value", value, DataType.FLOAT)));
        graph.node("Identity", "stateN", List.of("state"));
        return LoudnessVad.write(graph, directory.resolve("constant.onnx"));
    }

    private static List<SpeechSpan> detect(SileroVad vad, Audio audio) {
        return vad.detect(audio, VadOptions.defaults(), () -> {});
    }

    private static Audio hours(int count) {
        Audio.Builder builder = Audio.builder("hours");
        float[] second = new float[Audio.SAMPLE_RATE];
        for (int i = 0; i < count * 3600; i++) {
            builder.append(second, 0, second.length);
        }
        return builder.build();
    }

    private static Audio read(SpeechSample sample) throws IOException {
        try (InputStream in = sample.open()) {
            return AudioFiles.read(sample.name(), in);
        }
    }

    private static float[] samples(Audio audio) {
        float[] samples = new float[(int) audio.sampleCount()];
        audio.read(0, samples, 0, samples.length);
        return samples;
    }

    private static long samples(Duration time) {
        return time.toMillis() * Audio.SAMPLE_RATE / 1000;
    }
}
