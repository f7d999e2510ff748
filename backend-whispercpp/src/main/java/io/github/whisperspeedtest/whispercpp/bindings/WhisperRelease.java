package io.github.whisperspeedtest.whispercpp.bindings;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of whisper.cpp.
 *
 * @param major first number
 * @param minor second number
 * @param patch third number
 */
public record WhisperRelease(int major, int minor, int patch) implements Comparable<WhisperRelease> {
    /** The oldest release that this backend can use. */
    public static final WhisperRelease OLDEST = new WhisperRelease(1, 7, 1);

    /** The newest release whose header is known. */
    public static final WhisperRelease NEWEST = new WhisperRelease(1, 9, 3);

    /** A build from between two releases has a suffix such as {@code -dev}. */
    private static final Pattern VERSION = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})(?:[-+].*)?");

    private static final Comparator<WhisperRelease> ORDER = Comparator.comparingInt(WhisperRelease::major)
            .thenComparingInt(WhisperRelease::minor)
            .thenComparingInt(WhisperRelease::patch);

    /** Parses a version such as {@code 1.9.3} or {@code 1.9.3-dev}; empty if it is not one. */
    public static Optional<WhisperRelease> parse(String version) {
        Matcher matcher = VERSION.matcher(version.strip());
        return matcher.matches()
                ? Optional.of(new WhisperRelease(
                        Integer.parseInt(matcher.group(1)),
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3))))
                : Optional.empty();
    }

    /** Returns whether this is the given release or a later one. */
    public boolean isAtLeast(int otherMajor, int otherMinor, int otherPatch) {
        return compareTo(new WhisperRelease(otherMajor, otherMinor, otherPatch)) >= 0;
    }

    @Override
    public int compareTo(WhisperRelease other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
