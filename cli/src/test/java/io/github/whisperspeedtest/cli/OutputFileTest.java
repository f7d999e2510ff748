package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    @Test
    void replacesAFileAndLeavesNothingElse(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("deep/results.json");
        OutputFile.write(file, "first");
        OutputFile.write(file, "größer");
        assertThat(file).content().isEqualTo("größer");
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void neverGivesTwoRecordingsOneName() {
        Path wav = Path.of("a/talk.wav");
        Path mp3 = Path.of("a/talk.mp3");
        Path other = Path.of("b/talk.wav");
        Path plain = Path.of("a/notes.v2.flac");
        assertThat(OutputFile.names(List.of(wav, mp3, other, plain)))
                .isEqualTo(Map.of(wav, "talk.wav", mp3, "talk.mp3", other, "talk.wav-2", plain, "notes.v2"));
    }
}
