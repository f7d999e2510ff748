package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.RawFormat;
import io.github.whisperspeedtest.dataset.DatasetEntry;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.UnknownNameException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkInputTest {
    @TempDir
    private Path directory;

    @Test
    void readsSamplesWithoutAHeader() throws IOException {
        Path file = Files.write(directory.resolve("copy"), new byte[32_000]);

        Audio audio = new BenchmarkInput("stdin", file, RawFormat.parse("s16le@16000"), null).read();

        assertThat(audio.name()).isEqualTo("stdin");
        assertThat(audio.sampleCount()).isEqualTo(16_000);
    }

    @Test
    void messagesHaveThePathOfAFileButTheNameOfOtherContent() throws IOException {
        Path file = Files.writeString(directory.resolve("copy"), "no recording");

        assertThatThrownBy(() -> BenchmarkInput.of(file, null).read())
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("'" + file + "'");
        assertThatThrownBy(() -> new BenchmarkInput("stdin", file, null, null).read())
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("'stdin'")
                .hasMessageNotContaining("copy");
    }

    @Test
    void messagesNameTheLineOfADataSet() throws IOException {
        Path file = Files.writeString(directory.resolve("a.wav"), "no recording");
        DatasetEntry entry = new DatasetEntry("a.wav", file, "One.", "de", "set.jsonl, line 12");
        BenchmarkInput input = BenchmarkInput.of(entry);

        assertThat(input.language()).isEqualTo("de");
        assertThatThrownBy(input::read)
                .isInstanceOf(AudioException.class)
                .hasMessageStartingWith("set.jsonl, line 12: ")
                .hasMessageContaining("'" + file + "'");
        Files.delete(file);
        assertThatThrownBy(input::source)
                .isInstanceOf(AudioException.class)
                .hasMessageStartingWith("set.jsonl, line 12: Cannot read " + file);
    }

    @Test
    void acceptsLanguagesOfWhisperOnly() {
        assertThat(new BenchmarkInput("a", null, null, null, "German", null).language())
                .isEqualTo("de");
        assertThatThrownBy(() -> new BenchmarkInput("a", null, null, null, "xx", null))
                .isInstanceOf(UnknownNameException.class);
    }
}
