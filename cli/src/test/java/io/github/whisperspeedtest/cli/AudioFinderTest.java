package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.whisperspeedtest.error.AudioException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AudioFinderTest {
    @TempDir
    private Path directory;

    private final StringWriter notes = new StringWriter();

    @Test
    void findsEachRecordingOnceInOrder() throws IOException {
        Path b = create("b.MP3");
        Path a = create("sub/a.wav");
        create("notes.txt");
        create(".hidden.wav");
        Path odd = create("odd.name");
        Path detour = directory.resolve("sub/../b.MP3");
        assertThat(find(directory, odd, b, detour)).containsExactly(b, a, odd);
        assertThat(warnings()).isEmpty();
    }

    @Test
    void namesMissingFile() {
        assertThatThrownBy(() -> find(directory.resolve("none.wav")))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("none.wav");
        assertThatThrownBy(() -> find(directory))
                .isInstanceOf(AudioException.class)
                .hasMessageContainingAll(directory.toString(), "*.wav");
    }

    @Test
    void acceptsEveryAudioExtension() throws IOException {
        for (String ending : List.of(
                "m4b", "3gp", "M4V", "mpga", "avi", "mpeg", "mka", "mp2", "wmv", "flv", "w64", "au", "aiff", "caf",
                "Opus")) {
            create("a." + ending);
        }

        assertThat(find(directory)).hasSize(15);
        assertThat(notes.toString()).isEmpty();
    }

    @Test
    void countsSkippedFilesByExtension() throws IOException {
        Path recording = create("a.wav");
        create("b.txt");
        create("sub/c.TXT");
        create("d.pdf");
        create("README");
        create(".hidden");

        assertThat(find(directory)).containsExactly(recording);
        assertThat(notes.toString().strip())
                .isEqualTo("Left out 4 files that are no recordings: .txt (2), .pdf (1), no ending (1)");
    }

    @Test
    void namesFilesThatNeedFfmpegIfMissing() throws IOException {
        create("a.m4a");
        create("b.opus");
        create("c.wav");

        assertThat(finder(false).find(List.of(directory))).hasSize(3);
        assertThat(notes.toString())
                .startsWith("warning: 2 files (.m4a, .opus) need ffmpeg")
                .contains("apt install");
    }

    @Test
    void warnsAboutBrokenAndCircularLinksAndContinues() throws IOException {
        Path a = create("a/a.wav");
        Path broken = Files.createSymbolicLink(directory.resolve("broken.wav"), directory.resolve("gone.wav"));
        Path loop = Files.createSymbolicLink(directory.resolve("a/loop"), directory);
        Path outside = Files.createSymbolicLink(directory.resolve("a/outside"), directory.getParent());
        Path itself = Files.createSymbolicLink(directory.resolve("itself.flac"), Path.of("itself.flac"));
        assertThat(find(directory)).containsExactly(a);
        assertThat(warnings())
                .hasSize(4)
                .anyMatch(warning -> warning.contains(broken.toString()))
                .anyMatch(warning -> warning.contains(loop.toString()) && warning.contains("loop"))
                .anyMatch(warning -> warning.contains(outside.toString()) && warning.contains("loop"))
                .anyMatch(warning -> warning.contains(itself.toString()));
    }

    @Test
    void followsLinkToDirectory(@TempDir Path elsewhere) throws IOException {
        Files.createFile(elsewhere.resolve("a.wav"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), elsewhere);
        assertThat(find(link)).containsExactly(link.resolve("a.wav"));
        assertThat(find(directory)).containsExactly(link.resolve("a.wav"));
        assertThat(warnings()).isEmpty();
    }

    /** Not as root, which ignores permissions; a circular link uses the same code. */
    @Test
    void warnsAboutUnreadableDirectoryAndContinues() throws IOException {
        Path a = create("a.wav");
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Files.setPosixFilePermissions(closed, Set.of());
        try {
            assumeThat(Files.isReadable(closed))
                    .as("permissions do not bind root")
                    .isFalse();
            assertThat(find(directory)).containsExactly(a);
            assertThat(warnings()).singleElement().asString().contains(closed.toString(), "permission denied");
            assertThatThrownBy(() -> find(closed))
                    .isInstanceOf(AudioException.class)
                    .hasMessageContainingAll(closed.toString(), "permission denied");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private List<Path> find(Path... paths) {
        return finder(true).find(List.of(paths));
    }

    private AudioFinder finder(boolean hasFfmpeg) {
        return new AudioFinder(new PrintWriter(notes, true), hasFfmpeg);
    }

    private List<String> warnings() {
        return notes.toString()
                .lines()
                .filter(line -> line.startsWith("warning: "))
                .toList();
    }

    private Path create(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }
}
