package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.Sample;
import io.github.whisperspeedtest.evaluation.WordErrorRate;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.Transcriber;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All backends write the same, each on its real engine with the embedded model in its own format. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackendAgreementTest {
    private static final Duration TOLERANCE = Duration.ofMillis(100);

    @TempDir
    private static Path home;

    private final Map<String, Transcriber> transcribers = new LinkedHashMap<>();

    @BeforeAll
    void openAll() {
        WhisperSpeedtest whisper = WhisperSpeedtest.create(getClass().getClassLoader(), ToolHome.at(home));
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
    }

    @AfterAll
    void closeAll() {
        transcribers.values().forEach(Transcriber::close);
    }

    /**
     * Where whatever is multiplied with eight bits has eight bits too, it is compared with such: that tips a word of one recording that
     * the model is in two minds about.
     */
    @ParameterizedTest
    @CsvSource({
        "whispercpp f16, faster float16",
        "whispercpp f16, coreml",
        "whispercpp f16, insanely",
        "whispercpp f16, mps",
        "whispercpp f16, mlx f16",
        "whispercpp f16, mlx q8",
        "whispercpp q8_0, faster int8"
    })
    void writesTheSameAtTheSameTimes(String yardstick, String other) {
        for (Sample sample : MicroSamples.all()) {
            if (isLong(sample)) {
                continue;
            }
            Audio audio = audio(sample);
            Transcription expected = transcribe(yardstick, audio, TranscribeOptions.defaults());
            Transcription actual = transcribe(other, audio, TranscribeOptions.defaults());
            assertThat(actual.text()).as(sample.name()).isEqualTo(expected.text());
            assertThat(actual.language()).isEqualTo(expected.language());
            assertSameTimes(sample.name(), actual.segments(), expected.segments());
        }
    }

    /** whisper.cpp lets a segment begin where the one before ended, so that only the first beginning can be compared. */
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

    @Test
    void fiveBeamsFindWhatIsSaid() {
        TranscribeOptions options = TranscribeOptions.builder().beamSize(5).build();
        for (String id : transcribers.keySet()) {
            assertThat(errorRate(id, options)).as(id).isLessThan(0.07);
        }
    }

    @Test
    void aLongRecordingLosesNoMoreThanWithWhisperCpp() {
        Sample sample = MicroSamples.all().stream()
                .filter(BackendAgreementTest::isLong)
                .findFirst()
                .orElseThrow();
        Audio audio = audio(sample);
        double yardstick = errorRate("whispercpp f16", sample, audio);
        for (String id :
                List.of("faster int8", "faster float16", "coreml", "insanely", "mps", "mlx f16", "mlx q8", "mlx q4")) {
            assertThat(errorRate(id, sample, audio)).as(id).isLessThanOrEqualTo(yardstick);
        }
    }

    @Test
    void fourBitsCostNoMoreThanTwoWordsInAHundred() {
        double fourBits = errorRate("mlx q4", TranscribeOptions.defaults());
        for (String id : List.of("whispercpp f16", "mlx f16")) {
            assertThat(fourBits).as(id).isLessThanOrEqualTo(errorRate(id, TranscribeOptions.defaults()) + 0.02);
        }
    }

    /** Returns the error rate over all recordings but the long one, of which the model loses much whatever its weights are. */
    private double errorRate(String id, TranscribeOptions options) {
        WordErrorRate errors = null;
        for (Sample sample : MicroSamples.all()) {
            if (!isLong(sample)) {
                WordErrorRate more = WordErrorRate.of(
                        sample.reference(),
                        transcribe(id, audio(sample), options).text());
                errors = errors == null ? more : errors.plus(more);
            }
        }
        return errors.rate();
    }

    private double errorRate(String id, Sample sample, Audio audio) {
        String text = transcribe(id, audio, TranscribeOptions.defaults()).text();
        return WordErrorRate.of(sample.reference(), text).rate();
    }

    private Transcription transcribe(String id, Audio audio, TranscribeOptions options) {
        return transcribers.get(id).transcribe(audio, options);
    }

    private static boolean isLong(Sample sample) {
        return sample.name().contains("long");
    }

    private static Audio audio(Sample sample) {
        try (InputStream in = sample.open()) {
            return AudioFiles.read(sample.name(), in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
