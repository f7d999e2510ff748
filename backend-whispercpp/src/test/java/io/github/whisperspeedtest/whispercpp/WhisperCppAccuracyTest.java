package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Error rates of the embedded model on its recordings, at each available precision, with language detection.
 *
 * <p>The 76 s recording is measured separately, with independent windows: with the previous text as prompt, this small model loses whole
 * windows, in whisper.cpp's own program too.
 */
@Tag("end-to-end")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhisperCppAccuracyTest {
    /** Rates of whisper.cpp at f16 from the description of the model: 5.3 % on single utterances, 8.8 % on several. */
    private static final double SINGLE_RATE = 0.053;

    private static final double SEVERAL_RATE = 0.088;

    /** Rate of the long recording from the description of the model. */
    private static final double LONG_RATE = 0.12;

    /** Tolerance for words that change with 16-bit rounding on some processors, as a fraction. */
    private static final String ROUNDING_LOSS = "0.03";

    /** Tolerance for words that quantized models lose or change. */
    private static final String QUANTIZATION_LOSS = "0.05";

    @TempDir
    private static Path home;

    private final Map<String, ErrorRate> single = new LinkedHashMap<>();
    private final Map<String, ErrorRate> several = new LinkedHashMap<>();
    private final Map<String, ErrorRate> longRecording = new LinkedHashMap<>();

    @BeforeAll
    void transcribeEverything() throws IOException {
        WhisperCppImplementation implementation = TestContexts.configured(new WhisperCppImplementation());
        for (String model : List.of(EmbeddedModel.NAME, "micro-q8_0", "micro-q5_1")) {
            ModelFiles files =
                    new ModelStore(ToolHome.at(home), home.resolve("no-hub-cache")).filesOf(implementation, model);
            try (Transcriber transcriber = implementation.load(files, LoadOptions.defaults())) {
                for (SpeechSample sample : MicroSamples.all()) {
                    boolean isLong = sample.name().contains("long");
                    Transcription transcription = transcriber.transcribe(
                            read(sample),
                            TranscribeOptions.builder()
                                    .conditionOnPreviousText(!isLong)
                                    .build());
                    assertThat(transcription.language())
                            .as(sample.name())
                            .isEqualTo(sample.language().code());
                    ErrorRate rate = ErrorRate.of(sample.reference(), transcription.text(), transcription.language());
                    Map<String, ErrorRate> group =
                            isLong ? longRecording : sample.name().contains("single") ? single : several;
                    group.merge(model, rate, ErrorRate::plus);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"micro, " + ROUNDING_LOSS, "micro-q8_0, " + QUANTIZATION_LOSS, "micro-q5_1, " + QUANTIZATION_LOSS})
    void reachesDocumentedErrorRates(String model, double loss) {
        assertThat(single.get(model).rate()).as("%s", single).isLessThanOrEqualTo(SINGLE_RATE + loss);
        assertThat(several.get(model).rate()).as("%s", several).isLessThanOrEqualTo(SEVERAL_RATE + loss);
        assertThat(longRecording.get(model).rate()).as("%s", longRecording).isLessThanOrEqualTo(LONG_RATE + loss);
    }

    private static Audio read(SpeechSample sample) throws IOException {
        try (InputStream in = sample.open()) {
            return AudioFiles.read(sample.name(), in);
        }
    }
}
