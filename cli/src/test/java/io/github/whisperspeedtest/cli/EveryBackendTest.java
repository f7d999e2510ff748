package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Transcribes one short recording on the real engine of every backend; the only test of them in the fast build. */
class EveryBackendTest {
    @TempDir
    private static Path home;

    private final WhisperSpeedtest whisper = WhisperSpeedtest.builder()
            .settings(Settings.ofProcess())
            .home(ToolHome.at(home))
            .build();

    static List<String> ids() {
        return List.of("coreml", "faster", "insanely", "mlx", "mps", "whispercpp");
    }

    @Test
    void findsEveryBackend() {
        assertThat(whisper.implementations()).extracting(Implementation::id).containsExactlyInAnyOrderElementsOf(ids());
    }

    @ParameterizedTest
    @MethodSource("ids")
    void transcribesOneSentence(String id) throws IOException {
        SpeechSample sample = MicroSamples.named("en_single_04.flac");
        try (InputStream in = sample.open();
                Transcriber transcriber = whisper.open(id, "micro")) {
            Audio audio = AudioFiles.read(sample.name(), in);
            Transcription transcription = transcriber.transcribe(audio, TranscribeOptions.defaults());
            assertThat(transcription.text()).isEqualTo(sample.reference());
            assertThat(transcription.language()).isEqualTo("en");
        }
    }
}
