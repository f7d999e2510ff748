package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.audio.RawFormat;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.AudioException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A recording for a benchmark, in a form that a child JVM can open.
 *
 * @param name the name in the report
 * @param file the file, null for a recording of the embedded model
 * @param rawFormat the format of samples without a header, null for a file of any audio format
 * @param reference the reference transcript, null if unknown
 */
public record BenchmarkInput(
        String name,
        @Nullable Path file,
        @Nullable RawFormat rawFormat,
        @Nullable String reference) {
    /** Makes the path absolute. */
    public BenchmarkInput {
        Objects.requireNonNull(name, "name");
        file = file == null ? null : file.toAbsolutePath();
    }

    /** Returns a recording in a file. */
    public static BenchmarkInput of(Path file, @Nullable String reference) {
        return new BenchmarkInput(String.valueOf(file.getFileName()), file, null, reference);
    }

    /** Returns a recording that ships with the embedded model. */
    public static BenchmarkInput of(SpeechSample sample) {
        return new BenchmarkInput(sample.name(), null, null, sample.reference());
    }

    /** Returns the recording without its reference transcript. */
    BenchmarkInput withoutReference() {
        return new BenchmarkInput(name, file, rawFormat, null);
    }

    /**
     * Reads the recording.
     *
     * @throws AudioException if it cannot be read
     */
    public Audio read() {
        if (file != null) {
            return read(file);
        }
        SpeechSample sample = EmbeddedModel.samples().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AudioException("There is no bundled recording '" + name + "'."));
        try (InputStream in = sample.open()) {
            return AudioFiles.read(name, in);
        } catch (IOException e) {
            throw new AudioException("Cannot read the bundled recording '" + name + "': " + e.getMessage(), e);
        }
    }

    private Audio read(Path existing) {
        if (rawFormat == null) {
            // Messages have the whole path, unless the file only holds the content of something else.
            return name.equals(String.valueOf(existing.getFileName()))
                    ? AudioFiles.read(existing)
                    : AudioFiles.read(name, existing);
        }
        try (InputStream in = Files.newInputStream(existing)) {
            return AudioFiles.read(name, in, rawFormat);
        } catch (IOException e) {
            throw new AudioException("Cannot read '" + name + "': " + e.getMessage() + ".", e);
        }
    }
}
