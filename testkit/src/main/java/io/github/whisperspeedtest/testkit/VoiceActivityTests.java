package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.SileroModel;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Voice activity detection. */
abstract class VoiceActivityTests extends ContractTests {
    private static final Duration TIMESTAMP_TOLERANCE = Duration.ofMillis(300);

    VoiceActivityTests(ImplementationContract contract) {
        super(contract);
    }

    @Test
    void rejectsVadWithoutModel() {
        TranscribeOptions options = TranscribeOptions.builder().vad(true).build();
        if (detectsVoice()) {
            assertThatThrownBy(() -> shared.transcribe(audio(english()), options))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContainingAll(SileroModel.NAME, "whisper-speedtest download -i " + implementation.id());
            return;
        }
        assertThatThrownBy(() -> shared.transcribe(audio(english()), options))
                .isInstanceOfSatisfying(UnsupportedOptionException.class, refusal -> {
                    assertThat(refusal.implementation()).isEqualTo(implementation.id());
                    assertThat(refusal.option()).contains("vad");
                });
    }

    @Test
    void removesSilenceAndKeepsOriginalTimes() throws IOException {
        assumeTrue(detectsVoice(), "there is no voice activity detection");
        float[] silence = new float[35 * Audio.SAMPLE_RATE];
        float[] speech = new float[(int) audio(english()).sampleCount()];
        audio(english()).read(0, speech, 0, speech.length);
        Audio recording = Audio.builder("between two silences")
                .append(silence, 0, silence.length)
                .append(speech, 0, speech.length)
                .append(silence, 0, silence.length)
                .build();
        try (Transcriber transcriber = open(filesWithVadModel(), loadOptions())) {
            Transcription cut = transcriber.transcribe(
                    recording, TranscribeOptions.builder().vad(true).build());
            assertThat(cut.text()).isEqualTo(english().reference());
            assertThat(cut.duration()).isEqualTo(recording.duration());
            assertThat(cut.segments()).hasSize(1);
            Segment segment = cut.segments().get(0);
            SpeechSample.Utterance expected = english().utterances().get(0);
            Duration before = Duration.ofSeconds(35);
            // The kept audio begins some 0.4 s before the voice, and the model may start its segment there.
            assertThat(segment.start())
                    .isBetween(
                            before.plus(expected.start()).minusMillis(500),
                            before.plus(expected.start()).plus(TIMESTAMP_TOLERANCE));
            assertThat(segment.end()).isCloseTo(before.plus(expected.end()), TIMESTAMP_TOLERANCE);

            Transcription whole = transcriber.transcribe(
                    recording, TranscribeOptions.builder().vad(false).build());
            assertThat(whole.segments()).as("segments without cuts").isNotEqualTo(cut.segments());
        }
    }

    @Test
    void returnsNoTextWithoutSpeech() throws IOException {
        assumeTrue(detectsVoice(), "there is no voice activity detection");
        Audio silence = Audio.of("silence", new float[40 * Audio.SAMPLE_RATE]);
        try (Transcriber transcriber = open(filesWithVadModel(), loadOptions())) {
            Transcription transcription = transcriber.transcribe(
                    silence, TranscribeOptions.builder().vad(true).build());
            assertThat(transcription.text()).isEmpty();
            assertThat(transcription.segments()).isEmpty();
            assertThat(transcription.duration()).isEqualTo(silence.duration());
        }
    }

    @Test
    void namesDamagedVadModel() throws IOException {
        assumeTrue(detectsVoice(), "there is no voice activity detection");
        ModelFiles withVad = filesWithVadModel();
        Path vad = SileroModel.in(withVad).orElseThrow();
        byte[] content = Files.readAllBytes(vad);
        Files.write(vad, Arrays.copyOf(content, content.length / 2));
        assertThatThrownBy(() -> open(withVad, loadOptions()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(vad.toString());
    }

    /** Returns the embedded model with the VAD model as its companion, from a new Hugging Face cache. */
    private ModelFiles filesWithVadModel() throws IOException {
        ModelSource.HubRepository source =
                (ModelSource.HubRepository) SileroModel.info().sources().get(0);
        Path written = temporary.resolve("vad.onnx");
        contract.writeVadModel(written);
        Path hub = Files.createTempDirectory(temporary, "hub");
        String commit = CacheBuilder.commit("vad");
        new CacheBuilder(hub, source.repository())
                .ref(source.revision(), commit)
                .copied(commit, SileroModel.FILE, Files.readAllBytes(written));
        return new ModelStore(ToolHome.at(temporary.resolve("home")), hub).filesOf(implementation, contract.model());
    }

    private boolean detectsVoice() {
        return declared.supports(
                TranscribeOption.VAD, TranscribeOptions.builder().vad(true).build());
    }
}
