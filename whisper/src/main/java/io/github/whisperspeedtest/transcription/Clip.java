package io.github.whisperspeedtest.transcription;

import java.time.Duration;
import java.util.Objects;

/**
 * A part of a recording.
 *
 * @param start its start
 * @param end its end, after the start
 */
public record Clip(Duration start, Duration end) {
    /** Checks the order. */
    public Clip {
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(end, "end");
        if (start.isNegative() || end.compareTo(start) <= 0) {
            throw new IllegalArgumentException("A clip from " + start + " to " + end + " is empty");
        }
    }

    /** Returns its length. */
    public Duration length() {
        return end.minus(start);
    }
}
