package io.github.whisperspeedtest.audio;

import java.util.Locale;

/** Sentences about sound that is missing from a recording. */
final class Losses {
    private Losses() {}

    /**
     * Returns the warning about a recording that ends too early.
     *
     * @param found seconds that are there
     * @param promised seconds that its header states, more than {@code found}
     */
    static String cutOff(double found, double promised) {
        double missing = promised - found;
        return "The recording is cut off: " + seconds(missing) + " of the " + seconds(promised)
                + " that its header states are missing (" + percent(missing / promised) + ").";
    }

    /**
     * Returns the warning about damage in the middle of a recording.
     *
     * @param lost seconds that silence takes the place of, 0 where it is not known how many are missing
     * @param places in how many places
     * @param first seconds before the first of them
     */
    static String silence(double lost, int places, double first) {
        return "The recording is damaged: "
                + (lost > 0
                        ? "silence takes the place of " + seconds(lost) + " of sound"
                        : "an unknown length of sound is missing")
                + " in " + places(places, first) + ".";
    }

    /** Returns a length such as {@code 1.250 s}. */
    static String seconds(double seconds) {
        return seconds > 0 && seconds < 0.0005 ? "less than 0.001 s" : String.format(Locale.ROOT, "%.3f s", seconds);
    }

    /** Returns where something is missing, such as {@code 2 places, the first at 1.250 s}. */
    static String places(int count, double first) {
        return count == 1 ? "one place, at " + seconds(first) : count + " places, the first at " + seconds(first);
    }

    private static String percent(double fraction) {
        return fraction > 0 && fraction < 0.0005
                ? "less than 0.1 %"
                : String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }
}
