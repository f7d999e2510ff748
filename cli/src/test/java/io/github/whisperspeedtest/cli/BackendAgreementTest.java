package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.decoding.ReferenceDecoding;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.onnx.OnnxNetwork;
import io.github.whisperspeedtest.onnx.OnnxOptions;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares all backends, each on its real engine with the embedded model in its own format.
 *
 * <p>Rounding differs by precision and processor. Texts are compared exactly if no decision of the model is closer than the rounding error,
 * which {@link ReferenceDecoding} determines; all texts together are compared by error rate.
 */
@Tag("end-to-end")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackendAgreementTest {
    private static final Duration TOLERANCE = Duration.ofMillis(100);

    /** Error of logits from the order of additions: the engines' own tests allow 10<sup>-4</sup> of the size of the logits. */
    private static final double FLOAT = 0.01;

    /** Error of logits from rounding to 16 bits in whisper.cpp: its logits test allows 1/32 of their standard deviation. */
    private static final double HALF = 0.125;

    /** Error of logits with eight bits: the engines' own tests allow 3 % of the size of the logits. */
    private static final double BYTE = 0.5;

    /** Tolerance for words whose decisions are closer than the rounding error. */
    private static final double CLOSE_DECISIONS = 0.05;

    /** The engines that quantize activations. */
    private static final Set<String> ROUNDING = Set.of("whispercpp f16", "whispercpp q8_0", "faster int8");

    private static final TranscribeOptions DEFAULTS = TranscribeOptions.defaults();

    @TempDir
    private static Path home;

    private final Map<String, Transcriber> transcribers = new LinkedHashMap<>();
    private final Map<String, ReferenceDecoding> references = new HashMap<>();

    /** Transcriptions that several tests use. */
    private final Map<Request, Transcription> transcriptions = new HashMap<>();

    private WhisperNetwork reference;

    @BeforeAll
    void openAll() {
        WhisperSpeedtest whisper = WhisperSpeedtest.builder()
                .settings(Settings.ofProcess())
                .home(ToolHome.at(home))
                .build();
        LoadOptions floats = LoadOptions.defaults().withComputeType("float32");
        transcribers.put("whispercpp f16", whisper.open("whispercpp", "micro"));
        transcribers.put("whispercpp q8_0", whisper.open("whispercpp", "micro-q8_0"));
        transcribers.put("faster int8", whisper.open("faster", "micro"));
        transcribers.put("faster float16", whisper.open("faster", "micro-float16", floats));
        transcribers.put("coreml", whisper.open("coreml", "micro"));
        transcribers.put("insanely", whisper.open("insanely", "micro", floats));
        transcribers.put("mps", whisper.open("mps", "micro", floats));
        LoadOptions portable = LoadOptions.defaults().withDevice("onnx");
        transcribers.put("mlx f16", whisper.open("mlx", "micro-f16", portable));
        transcribers.put("mlx q8", whisper.open("mlx", "micro-q8", portable));
        transcribers.put("mlx q4", whisper.open("mlx", "micro", portable));
        reference = OnnxNetwork.load(EmbeddedModel.checkpoint(), OnnxOptions.cpu(Precision.FLOAT32, 2));
    }

    @AfterAll
    void closeAll() {
        transcribers.values().forEach(Transcriber::close);
        reference.close();
    }

    /** The last column is the number of recordings, out of eleven, with sufficiently clear decisions. */
    @ParameterizedTest
    @CsvSource({
        "faster float16, " + FLOAT + ", 11",
        "coreml, " + FLOAT + ", 11",
        "insanely, " + FLOAT + ", 11",
        "mps, " + FLOAT + ", 11",
        "mlx f16, " + FLOAT + ", 11",
        "whispercpp f16, " + HALF + ", 9",
        "mlx q8, " + BYTE + ", 9",
        "faster int8, " + BYTE + ", 9",
        "whispercpp q8_0, " + BYTE + ", 9"
    })
    void backendsAgreeOnTextAndTimes(String id, double rounding, int decided) {
        int compared = 0;
        for (SpeechSample sample : MicroSamples.all()) {
            if (!isLong(sample)) {
                compared += agrees(id, audio(sample), rounding) ? 1 : 0;
            }
        }
        assertThat(compared).isEqualTo(decided);
    }

    /**
     * Compares text, language and times where the rounding cannot change a decision.
     *
     * @return whether they were compared
     */
    private boolean agrees(String id, Audio audio, double rounding) {
        ReferenceDecoding decoding =
                references.computeIfAbsent(audio.name(), name -> ReferenceDecoding.of(reference, audio));
        if (decoding.margin() <= 2 * rounding) {
            return false;
        }
        Transcription expected = decoding.transcription();
        Transcription actual = transcribe(id, audio, DEFAULTS);
        assertThat(actual.text()).as(audio.name()).isEqualTo(expected.text());
        assertThat(actual.language()).isEqualTo(expected.language());
        assertSameTimes(audio.name(), actual.segments(), expected.segments());
        return true;
    }

    /** whisper.cpp starts each segment at the end of the previous one, so only the first start is comparable. */
    private static void assertSameTimes(String description, List<Segment> actual, List<Segment> expected) {
        assertThat(actual).as(description).hasSameSizeAs(expected);
        assertThat(actual.get(0).start())
                .as(description)
                .isCloseTo(expected.get(0).start(), TOLERANCE);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).end())
                    .as("%s, segment %d", description, i)
                    .isCloseTo(expected.get(i).end(), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"whispercpp f16", "whispercpp q8_0", "faster int8", "mlx q8"})
    void roundingChangesOnlyCloseDecisions(String id) {
        assertThat(errorRate(id, DEFAULTS)).isLessThanOrEqualTo(errorRate("coreml", DEFAULTS) + CLOSE_DECISIONS);
    }

    /** Two sentences. The last one ends just before the end of the recording; no backend may lose it. */
    @ParameterizedTest
    @CsvSource({
        "en_single_01, 0, 0.1, en_multi_01, 0, 0",
        "en_multi_01, 1, 0.3, en_multi_01, 0, 0.1",
        "en_multi_02, 4, 1, en_multi_01, 0, 0.1",
        "en_single_01, 0, 0.1, en_multi_01, 3, 0",
        "en_multi_02, 4, 0.8, en_multi_01, 3, 0",
        "en_single_01, 0, 0.2, en_multi_01, 5, 0.05",
        "en_multi_01, 1, 0.5, en_multi_01, 5, 0.2",
        "en_single_01, 0, 0.1, en_multi_02, 4, 0.05",
        "de_single_01, 0, 0.1, de_multi_01, 1, 0",
        "de_single_03, 0, 0.9, de_single_04, 0, 0.1",
        "de_single_03, 0, 0.3, de_multi_01, 2, 0",
        "de_multi_01, 5, 0.6, de_multi_01, 2, 0.1",
        "de_single_01, 0, 0.2, de_multi_01, 3, 0",
        "de_single_03, 0, 0.1, de_multi_01, 3, 0.05"
    })
    void writesTheLastSentence(String first, int firstIndex, double pause, String last, int lastIndex, double tail) {
        float[] beginning = utterance(first, firstIndex);
        float[] end = utterance(last, lastIndex);
        int gap = (int) (pause * Audio.SAMPLE_RATE);
        String name = first + " " + pause + " s " + last + " " + lastIndex;
        Audio audio = Audio.builder(name)
                .append(new float[Audio.SAMPLE_RATE / 5], 0, Audio.SAMPLE_RATE / 5)
                .append(beginning, 0, beginning.length)
                .append(new float[gap], 0, gap)
                .append(end, 0, end.length)
                .append(new float[Audio.SAMPLE_RATE / 4], 0, (int) (tail * Audio.SAMPLE_RATE))
                .build();
        Duration middleOfLast = audio.duration()
                .minusMillis((long) (tail * 1000))
                .minusMillis(end.length * 1000L / Audio.SAMPLE_RATE / 2);
        for (String id : transcribers.keySet()) {
            Transcription transcription = transcribe(id, audio, DEFAULTS);
            List<Segment> segments = transcription.segments();
            assertThat(segments).as("%s: %s", id, transcription.text()).hasSize(2);
            assertThat(segments.get(0).end()).as(id).isLessThan(middleOfLast);
            assertThat(segments.get(1).end()).as(id).isBetween(middleOfLast, audio.duration());
        }
        assertThat(agrees("whispercpp f16", audio, HALF)).isTrue();
    }

    private static float[] utterance(String sample, int index) {
        SpeechSample recording = MicroSamples.named(sample + ".flac");
        SpeechSample.Utterance utterance = recording.utterances().get(index);
        Duration around = Duration.ofMillis(20);
        long from = samples(utterance.start().minus(around));
        float[] result = new float[(int) (samples(utterance.end().plus(around)) - from)];
        audio(recording).read(from, result, 0, result.length);
        return result;
    }

    private static long samples(Duration time) {
        return time.toMillis() * Audio.SAMPLE_RATE / 1000;
    }

    @Test
    void beamSearchReachesErrorRate() {
        TranscribeOptions options = TranscribeOptions.builder().beamSize(5).build();
        for (String id : transcribers.keySet()) {
            double rounding = ROUNDING.contains(id) ? CLOSE_DECISIONS : 0;
            assertThat(errorRate(id, options)).as(id).isLessThan(0.07 + rounding);
        }
    }

    @Test
    void longRecordingHasNoHigherErrorRateThanWhisperCpp() {
        SpeechSample sample = MicroSamples.all().stream()
                .filter(BackendAgreementTest::isLong)
                .findFirst()
                .orElseThrow();
        Audio audio = audio(sample);
        double yardstick = errorRate("whispercpp f16", sample, audio);
        for (String id :
                List.of("faster int8", "faster float16", "coreml", "insanely", "mps", "mlx f16", "mlx q8", "mlx q4")) {
            assertThat(errorRate(id, sample, audio)).as(id).isLessThanOrEqualTo(yardstick + CLOSE_DECISIONS);
        }
    }

    @Test
    void fourBitWeightsAddAtMostTwoPercentErrors() {
        double fourBits = errorRate("mlx q4", DEFAULTS);
        for (String id : List.of("whispercpp f16", "mlx f16")) {
            assertThat(fourBits).as(id).isLessThanOrEqualTo(errorRate(id, DEFAULTS) + 0.02);
        }
    }

    /** Returns the error rate over all recordings except the long one, which the model handles badly at any precision. */
    private double errorRate(String id, TranscribeOptions options) {
        ErrorRate errors = null;
        for (SpeechSample sample : MicroSamples.all()) {
            if (!isLong(sample)) {
                ErrorRate more = ErrorRate.of(
                        sample.reference(),
                        transcribe(id, audio(sample), options).text(),
                        sample.language().code());
                errors = errors == null ? more : errors.plus(more);
            }
        }
        return errors.rate();
    }

    private double errorRate(String id, SpeechSample sample, Audio audio) {
        String text = transcribe(id, audio, DEFAULTS).text();
        return ErrorRate.of(sample.reference(), text, sample.language().code()).rate();
    }

    private record Request(String id, String audio, TranscribeOptions options) {}

    private Transcription transcribe(String id, Audio audio, TranscribeOptions options) {
        return transcriptions.computeIfAbsent(
                new Request(id, audio.name(), options),
                request -> transcribers.get(id).transcribe(audio, options));
    }

    private static boolean isLong(SpeechSample sample) {
        return sample.name().contains("long");
    }

    private static Audio audio(SpeechSample sample) {
        try (InputStream in = sample.open()) {
            return AudioFiles.read(sample.name(), in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
