package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ReadAheadTest {
    @TempDir
    private Path directory;

    private final List<Path> read = new CopyOnWriteArrayList<>();
    private final ReadAhead reader = new ReadAhead(this::read);

    @Test
    void returnsEachRecordingWhateverWasReadAhead() throws IOException {
        Path first = sample("de_single_03.flac");
        Path second = sample("en_single_01.flac");
        Path third = sample("de_single_01.flac");
        try (reader) {
            reader.start(first);
            Audio one = reader.take(first, second);
            Audio three = reader.take(third, null);
            Audio two = reader.take(second, null);
            assertThat(one.name()).isEqualTo("de_single_03.flac");
            assertThat(two.name()).isEqualTo("en_single_01.flac");
            assertThat(three.name()).isEqualTo("de_single_01.flac");
            assertThat(one.duration()).isNotEqualTo(two.duration());
        }
    }

    /** A file that is gone by the time it is wanted shows that it was read before. */
    @Test
    @Timeout(60)
    void readsTheNextRecordingBeforeItIsWanted() throws Exception {
        Path first = sample("de_single_03.flac");
        Path second = sample("en_single_01.flac");
        try (reader) {
            reader.take(first, second);
            while (!read.contains(second)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            Files.delete(second);
            assertThat(reader.take(second, null).duration()).isPositive();
        }
    }

    /** Two large recordings need not fit in memory. */
    @Test
    void readsLargeFilesOnlyWhenWanted() throws IOException {
        Path first = sample("de_single_03.flac");
        Path large = directory.resolve("large.wav");
        Files.write(large, new byte[(16 << 20) + 1]);
        Path replaced = sample("en_single_01.flac");
        try (reader) {
            reader.take(first, large);
            Files.copy(replaced, large, StandardCopyOption.REPLACE_EXISTING);
            assertThat(reader.take(large, null).duration()).isGreaterThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void reportsUnreadableRecordingsWhenTheyAreWanted() throws IOException {
        Path bad = Files.writeString(directory.resolve("bad.wav"), "no audio");
        Path good = sample("de_single_03.flac");
        try (reader) {
            reader.start(bad);
            assertThatThrownBy(() -> reader.take(bad, good))
                    .isInstanceOf(AudioException.class)
                    .hasMessageContaining("bad.wav");
            assertThat(reader.take(good, null).name()).isEqualTo("de_single_03.flac");
        }
    }

    @Test
    void endsWaitingOnInterrupt() throws IOException {
        Path file = sample("de_single_03.flac");
        try (reader) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> reader.take(file, null)).isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private Audio read(Path file) {
        Audio audio = AudioFiles.read(file);
        read.add(file);
        return audio;
    }

    private Path sample(String name) throws IOException {
        Path file = directory.resolve(name);
        try (InputStream in = MicroSamples.named(name).open()) {
            Files.copy(in, file);
        }
        return file;
    }
}
