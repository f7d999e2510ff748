package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.audio.RawFormat;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.dataset.DatasetEntry;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.provenance.Hashes;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
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
 * @param language code of the language that is spoken, null if unknown
 * @param origin the place that lists the recording, such as {@code set.jsonl, line 12}, for messages; null if there is none
 */
public record BenchmarkInput(
        String name,
        @Nullable Path file,
        @Nullable RawFormat rawFormat,
        @Nullable String reference,
        @Nullable String language,
        @Nullable String origin) {
    /** Name of the recording from standard input, whose file is a temporary copy. */
    public static final String STANDARD_INPUT = "stdin";

    /**
     * Makes the path absolute and checks the language.
     *
     * @throws io.github.whisperspeedtest.error.UnknownNameException if Whisper has no such language
     */
    public BenchmarkInput {
        Objects.requireNonNull(name, "name");
        file = file == null ? null : file.toAbsolutePath();
        language = language == null ? null : Language.of(language).code();
    }

    /** Creates a recording of an unknown language. */
    public BenchmarkInput(String name, @Nullable Path file, @Nullable RawFormat rawFormat, @Nullable String reference) {
        this(name, file, rawFormat, reference, null, null);
    }

    /** Returns a recording in a file. */
    public static BenchmarkInput of(Path file, @Nullable String reference) {
        return new BenchmarkInput(String.valueOf(file.getFileName()), file, null, reference);
    }

    /** Returns a recording of a data set. */
    public static BenchmarkInput of(DatasetEntry entry) {
        return new BenchmarkInput(entry.name(), entry.file(), null, entry.text(), entry.language(), entry.origin());
    }

    /** Returns a recording that ships with the embedded model. */
    public static BenchmarkInput of(SpeechSample sample) {
        return new BenchmarkInput(sample.name(), null, null, sample.reference());
    }

    /** Returns the options for this recording: its own language, unless another one is requested. */
    TranscribeOptions options(TranscribeOptions requested) {
        return language == null || requested.language() instanceof Language.Fixed
                ? requested
                : requested.toBuilder().language(Language.of(language)).build();
    }

    /** Returns the recording without its reference transcript. */
    BenchmarkInput withoutReference() {
        return new BenchmarkInput(name, file, rawFormat, null, language, origin);
    }

    /**
     * Returns where the recording comes from, with the hash of its file.
     *
     * @throws AudioException if it cannot be read
     */
    AudioSource source() {
        try (InputStream in = file == null ? sample().open() : Files.newInputStream(file)) {
            String sha256 = Hashes.sha256(in);
            if (file == null) {
                return new AudioSource(AudioSource.Kind.BUILT_IN, null, sha256);
            }
            return isCopy(file)
                    ? new AudioSource(AudioSource.Kind.STANDARD_INPUT, null, sha256)
                    : new AudioSource(AudioSource.Kind.FILE, file.toString(), sha256);
        } catch (IOException e) {
            throw new AudioException(
                    prefix() + "Cannot read " + (file == null ? name : file) + ": " + DiskErrors.reason(e), e);
        }
    }

    /**
     * Reads the recording.
     *
     * @throws AudioException if it cannot be read; the message names the place that lists it
     */
    public Audio read() {
        if (file != null) {
            try {
                return read(file);
            } catch (AudioException e) {
                throw origin == null ? e : new AudioException(prefix() + e.getMessage(), e);
            }
        }
        try (InputStream in = sample().open()) {
            return AudioFiles.read(name, in);
        } catch (IOException e) {
            throw new AudioException("Cannot read the bundled recording '" + name + "': " + e.getMessage(), e);
        }
    }

    private Audio read(Path existing) {
        if (rawFormat == null) {
            // Messages have the whole path, unless the file only holds the content of something else.
            return isCopy(existing) ? AudioFiles.read(name, existing) : AudioFiles.read(existing);
        }
        try (InputStream in = Files.newInputStream(existing)) {
            return AudioFiles.read(name, in, rawFormat);
        } catch (IOException e) {
            throw new AudioException("Cannot read '" + name + "': " + e.getMessage() + ".", e);
        }
    }

    private String prefix() {
        return origin == null ? "" : origin + ": ";
    }

    /** Returns whether a file only holds what came from standard input. */
    private boolean isCopy(Path existing) {
        return name.equals(STANDARD_INPUT) && !existing.endsWith(name);
    }

    private SpeechSample sample() {
        return EmbeddedModel.samples().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AudioException("There is no bundled recording '" + name + "'."));
    }
}
