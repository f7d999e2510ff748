package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.AudioException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A recording for a benchmark, in a form that a child JVM can open.
 *
 * @param name the name in the report
 * @param file the file, null for a recording of the embedded model
 * @param reference the reference transcript, null if unknown
 */
public record BenchmarkInput(
        String name, @Nullable Path file, @Nullable String reference) {
    /** Makes the path absolute. */
    public BenchmarkInput {
        Objects.requireNonNull(name, "name");
        file = file == null ? null : file.toAbsolutePath();
    }

    /** Returns a recording in a file. */
    public static BenchmarkInput of(Path file, @Nullable String reference) {
        return new BenchmarkInput(String.valueOf(file.getFileName()), file, reference);
    }

    /** Returns a recording that ships with the embedded model. */
    public static BenchmarkInput of(SpeechSample sample) {
        return new BenchmarkInput(sample.name(), null, sample.reference());
    }

    /** Returns the recording without its reference transcript. */
    BenchmarkInput withoutReference() {
        return new BenchmarkInput(name, file, null);
    }

    /**
     * Reads the recording.
     *
     * @throws AudioException if it cannot be read
     */
    public Audio read() {
        if (file != null) {
            return AudioFiles.read(file);
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
}
