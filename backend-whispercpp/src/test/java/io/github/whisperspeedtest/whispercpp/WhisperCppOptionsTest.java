package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Vad;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests options that whisper.cpp lacks or represents differently. */
@Tag("end-to-end")
class WhisperCppOptionsTest {
    @TempDir
    private static Path home;

    private static Transcriber transcriber;

    @BeforeAll
    static void load() {
        WhisperCppImplementation implementation = TestContexts.configured(new WhisperCppImplementation());
        transcriber = Transcribers.open(
                implementation,
                TestContexts.of(implementation),
                new ModelStore(ToolHome.at(home), home.resolve("no-hub-cache"))
                        .filesOf(implementation, EmbeddedModel.NAME),
                LoadOptions.defaults());
    }

    @AfterAll
    static void free() {
        transcriber.close();
    }

    @Test
    void rejectsUnsupportedOptions() {
        Map<String, TranscribeOptions.Builder> refused = Map.of(
                "patience=2.0", TranscribeOptions.builder().beamSize(2).patience(2),
                "length-penalty=0.0", TranscribeOptions.builder().lengthPenalty(0.0),
                "compression-ratio-threshold=3.0", TranscribeOptions.builder().compressionRatioThreshold(3.0),
                "no-speech-threshold=0.5", TranscribeOptions.builder().noSpeechThreshold(0.5),
                "prefix=Good", TranscribeOptions.builder().prefix("Good"),
                "hotwords=Jupiter", TranscribeOptions.builder().hotwords("Jupiter"),
                "batch-size=4", TranscribeOptions.builder().batchSize(4),
                "chunk-length=20.0", TranscribeOptions.builder().chunkLength(Duration.ofSeconds(20)));
        refused.forEach((option, options) -> assertThatThrownBy(
                        () -> transcriber.transcribe(Audio.of("silence", new float[16_000]), options.build()))
                .isInstanceOfSatisfying(UnsupportedOptionException.class, refusal -> {
                    assertThat(refusal.implementation()).isEqualTo(WhisperCppImplementation.ID);
                    assertThat(refusal.option()).isEqualTo(option);
                }));
    }

    @Test
    void rejectsTokensBeyondTheVocabulary() {
        TranscribeOptions options =
                TranscribeOptions.builder().suppressTokens(List.of(1_000_000)).build();
        assertThatThrownBy(() -> transcriber.transcribe(Audio.of("silence", new float[16_000]), options))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContaining("suppress-tokens=1000000")
                .hasMessageContaining("The model has only ");
    }

    @Test
    void honoursSupportedOptions() throws IOException {
        SpeechSample sample = MicroSamples.named("en_single_04.flac");
        Audio audio;
        try (InputStream in = sample.open()) {
            audio = AudioFiles.read(sample.name(), in);
        }
        for (TranscribeOptions.Builder options : List.of(
                TranscribeOptions.builder().vad(Vad.AUTO),
                TranscribeOptions.builder().vad(Vad.OFF),
                TranscribeOptions.builder().beamSize(2).lengthPenalty(0.5),
                TranscribeOptions.builder()
                        .compressionRatioThreshold(null)
                        .logProbabilityThreshold(null)
                        .noSpeechThreshold(null))) {
            assertThat(transcriber.transcribe(audio, options.build()).text()).isEqualTo(sample.reference());
        }
    }

    @Test
    void decodesImprobableTextAgain() throws IOException {
        // No text reaches a mean log probability of 0, so all temperatures are tried.
        SpeechSample sample = MicroSamples.named("en_multi_02.flac");
        Audio audio;
        try (InputStream in = sample.open()) {
            audio = AudioFiles.read(sample.name(), in);
        }
        TranscribeOptions strict =
                TranscribeOptions.builder().logProbabilityThreshold(0.0).build();
        assertThat(transcriber.transcribe(audio, strict).segments())
                .isNotEqualTo(transcriber
                        .transcribe(audio, TranscribeOptions.defaults())
                        .segments());
    }
}
