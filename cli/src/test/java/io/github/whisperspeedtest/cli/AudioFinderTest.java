package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.AudioException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AudioFinderTest {
    @TempDir
    private Path directory;

    @Test
    void findsRecordingsBelowADirectoryInOrderAndOnce() throws IOException {
        Path b = create("b.MP3");
        Path a = create("sub/a.wav");
        create("notes.txt");
        create(".hidden.wav");
        Path odd = create("odd.name");
        Path detour = directory.resolve("sub/../b.MP3");
        assertThat(AudioFinder.find(List.of(directory, odd, b, detour))).containsExactly(b, a, odd);
    }

    @Test
    void namesWhatIsNotThere() {
        assertThatThrownBy(() -> AudioFinder.find(List.of(directory.resolve("none.wav"))))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("none.wav");
        assertThatThrownBy(() -> AudioFinder.find(List.of(directory)))
                .isInstanceOf(AudioException.class)
                .hasMessageContainingAll(directory.toString(), "*.wav");
    }

    private Path create(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }
}
