package io.github.whisperspeedtest.benchmark;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The source of a recording.
 *
 * @param kind the kind of source
 * @param file absolute path of the file, null for other kinds
 * @param sha256 SHA-256 of the encoded recording, 64 hexadecimal digits; null if it cannot be read again
 */
public record AudioSource(
        Kind kind, @Nullable String file, @Nullable String sha256) {
    /** Checks that the kind is not null. */
    public AudioSource {
        Objects.requireNonNull(kind, "kind");
    }

    /** Kinds of sources. */
    public enum Kind {
        /** A file of the user. */
        FILE,
        /** A recording that ships with this tool. */
        BUILT_IN,
        /** The standard input, which cannot be read again. */
        STANDARD_INPUT;

        /** Returns the name in files, such as {@code built-in}. */
        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
