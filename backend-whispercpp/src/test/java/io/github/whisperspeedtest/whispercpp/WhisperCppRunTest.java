package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.Sample;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.Transcriber;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhisperCppRunTest {
    @TempDir
    private static Path home;

    @Test
    void hearsWhatIsSaidInAudioThatHasToBePadded() throws IOException {
        Sample sample = MicroSamples.named("de_single_04.flac");
        Audio whole;
        try (InputStream in = sample.open()) {
            whole = AudioFiles.read(sample.name(), in);
        }
        float[] samples = new float[Audio.SAMPLE_RATE * 23 / 20];
        whole.read(0, samples, 0, samples.length);
        WhisperCppImplementation implementation = new WhisperCppImplementation();
        ModelFiles files = new ModelStore(ToolHome.at(home)).locate(implementation, EmbeddedModel.NAME);
        try (Transcriber transcriber = implementation.load(files, LoadOptions.defaults())) {
            assertThat(transcriber
                            .transcribe(Audio.of("cut", samples), TranscribeOptions.defaults())
                            .text())
                    .isEqualTo(sample.reference());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "whisper_print_timings:      mel time =     1.50 ms\nwhisper_print_timings:   encode time =    20.25 ms /     1 runs"
                        + "\nwhisper_print_timings:   decode time =     3.00 ms /     1 runs",
                "whisper_print_timings:      mel time =     1,50 ms\nwhisper_print_timings:   encode time =    20,25 ms /     1 runs"
                        + "\nwhisper_print_timings:   decode time =     3,00 ms /     1 runs"
            })
    void readsTimesInTheNumbersOfAnyLocale(String log) {
        WhisperCppRun.PartTimes times = new WhisperCppRun.PartTimes();
        times.add(log);
        Duration total = Duration.ofSeconds(1);
        assertThat(times.toTimings(total))
                .isEqualTo(new Timings(
                        total, Duration.ofNanos(1_500_000), Duration.ofNanos(20_250_000), Duration.ofNanos(3_000_000)));
    }
}
