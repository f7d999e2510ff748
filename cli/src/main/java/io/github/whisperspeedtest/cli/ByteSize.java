package io.github.whisperspeedtest.cli;

import java.util.Locale;

/** Sizes of files and downloads in decimal units, as the Hugging Face hub shows them. */
final class ByteSize {
    private static final double GIGABYTE = 1e9;
    private static final double MEGABYTE = 1e6;
    private static final double KILOBYTE = 1e3;

    private ByteSize() {}

    /** Returns a size such as {@code 32.5 MB} or {@code 1.62 GB}. */
    static String of(long bytes) {
        // From here on the next smaller unit would round to a thousand.
        if (bytes >= 999_950_000) {
            return String.format(Locale.ROOT, "%.2f GB", bytes / GIGABYTE);
        }
        if (bytes >= 99_950) {
            return String.format(Locale.ROOT, "%.1f MB", bytes / MEGABYTE);
        }
        return bytes >= KILOBYTE ? String.format(Locale.ROOT, "%.1f kB", bytes / KILOBYTE) : bytes + " B";
    }
}
