package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.AudioException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WavRecordingTest {
    private static final float[] SAMPLES = {0, 0.5f, -0.5f, 1, -1, 3, -3, 0.25f};

    @TempDir
    private Path directory;

    @Test
    void writesWhatReaderReads() {
        Path file = directory.resolve("a.wav");
        try (WavRecording writer = WavRecording.create(file)) {
            writer.accept(SAMPLES, 0, 4);
            writer.accept(SAMPLES, 4, 4);
            assertThat(writer.duration()).isEqualTo(Duration.ofNanos(500_000));
        }
        Audio audio = AudioFiles.read(file);
        float[] samples = new float[SAMPLES.length];
        assertThat(audio.read(0, samples, 0, samples.length)).isEqualTo(audio.sampleCount());
        assertThat(samples).containsExactly(0, 0.5f, -0.5f, 0x7fff / 32768f, -1, 0x7fff / 32768f, -1, 0.25f);
        assertThat(audio.warnings()).isEmpty();
    }

    /** As after the end of the process. */
    @Test
    void fileIsReadableBeforeItIsClosed() {
        Path file = directory.resolve("a.wav");
        try (WavRecording writer = WavRecording.create(file)) {
            writer.accept(SAMPLES, 0, SAMPLES.length);
            assertThat(AudioFiles.read(file).sampleCount()).isEqualTo(SAMPLES.length);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void onlyOwnerCanRead() throws IOException {
        Path file = directory.resolve("a.wav");
        WavRecording.create(file).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void keepsOtherFile() throws IOException {
        Path file = Files.writeString(directory.resolve("a.wav"), "precious");
        assertThatThrownBy(() -> WavRecording.create(file))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).hasContent("precious");
    }
}
