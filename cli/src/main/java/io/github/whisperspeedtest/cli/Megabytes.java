package io.github.whisperspeedtest.cli;

import java.util.Locale;

/** Sizes as they are shown: millions of bytes, as disks are sold and the hub counts. */
final class Megabytes {
    private Megabytes() {}

    /** Returns a number with one decimal and without a unit. */
    static String of(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
    }
}
