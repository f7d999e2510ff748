package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.AudioException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AudioFinderTest {
    @TempDir
    private Path directory;

    private final StringWriter notes = new StringWriter();

    @Test
    void findsRecordingsBelowADirectoryInOrderAndOnce() throws IOException {
        Path b = create("b.MP3");
        Path a = create("sub/a.wav");
        create("notes.txt");
        create(".hidden.wav");
        Path odd = create("odd.name");
        Path detour = directory.resolve("sub/../b.MP3");
        assertThat(finder(true).find(List.of(directory, odd, b, detour))).containsExactly(b, a, odd);
    }

    @Test
    void namesWhatIsNotThere() {
        assertThatThrownBy(() -> finder(true).find(List.of(directory.resolve("none.wav"))))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("none.wav");
        assertThatThrownBy(() -> finder(true).find(List.of(directory)))
                .isInstanceOf(AudioException.class)
                .hasMessageContainingAll(directory.toString(), "*.wav");
    }

    @Test
    void takesEveryEndingOfARecording() throws IOException {
        for (String ending : List.of(
                "m4b", "3gp", "M4V", "mpga", "avi", "mpeg", "mka", "mp2", "wmv", "flv", "w64", "au", "aiff", "caf",
                "Opus")) {
            create("a." + ending);
        }

        assertThat(finder(true).find(List.of(directory))).hasSize(15);
        assertThat(notes.toString()).isEmpty();
    }

    @Test
    void countsWhatItLeavesOutByItsEnding() throws IOException {
        Path recording = create("a.wav");
        create("b.txt");
        create("sub/c.TXT");
        create("d.pdf");
        create("README");
        create(".hidden");

        assertThat(finder(true).find(List.of(directory))).containsExactly(recording);
        assertThat(notes.toString().strip())
                .isEqualTo("Left out 4 files that are no recordings: .txt (2), .pdf (1), no ending (1)");
    }

    @Test
    void saysWhatNeedsFfmpegWhereItIsAbsent() throws IOException {
        create("a.m4a");
        create("b.opus");
        create("c.wav");

        assertThat(finder(false).find(List.of(directory))).hasSize(3);
        assertThat(notes.toString())
                .startsWith("warning: 2 files (.m4a, .opus) need ffmpeg")
                .contains("apt install");
    }

    private AudioFinder finder(boolean hasFfmpeg) {
        return new AudioFinder(new PrintWriter(notes, true), hasFfmpeg);
    }

    private Path create(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }
}
