package io.github.whisperspeedtest.audio;

import java.util.Locale;

/** Formats warnings about audio that is missing from a recording. */
final class LossWarnings {
    private LossWarnings() {}

    /**
     * Returns the warning for a truncated recording.
     *
     * @param found seconds present
     * @param promised seconds stated in the header, more than {@code found}
     */
    static String cutOff(double found, double promised) {
        double missing = promised - found;
        return "The recording is truncated: " + seconds(missing) + " of the " + seconds(promised)
                + " stated in its header are missing (" + percent(missing / promised) + ").";
    }

    /**
     * Returns the warning for damage within a recording.
     *
     * @param lost seconds replaced by silence, 0 if the length of the loss is unknown
     * @param places number of damaged places
     * @param first seconds before the first of them
     */
    static String silence(double lost, int places, double first) {
        return "The recording is damaged: "
                + (lost > 0
                        ? seconds(lost) + " of audio were replaced by silence"
                        : "an unknown amount of audio is missing")
                + " in " + places(places, first) + ".";
    }

    /** Returns a duration such as {@code 1.250 s}. */
    static String seconds(double seconds) {
        return seconds > 0 && seconds < 0.0005 ? "less than 0.001 s" : String.format(Locale.ROOT, "%.3f s", seconds);
    }

    /** Returns the places of a loss, such as {@code 2 places, the first at 1.250 s}. */
    static String places(int count, double first) {
        return count == 1 ? "one place, at " + seconds(first) : count + " places, the first at " + seconds(first);
    }

    private static String percent(double fraction) {
        return fraction > 0 && fraction < 0.0005
                ? "less than 0.1 %"
                : String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }
}
