package io.github.whisperspeedtest.audio;

import java.time.Duration;
import java.util.List;

/**
 * Length and warnings of audio that was passed on while it was decoded.
 *
 * @param sampleCount number of samples at {@link Audio#SAMPLE_RATE}, positive
 * @param warnings what {@link Audio#warnings()} of the same audio returns
 */
public record AudioSummary(long sampleCount, List<String> warnings) {
    /** Copies the warnings. */
    public AudioSummary {
        warnings = List.copyOf(warnings);
    }

    /** Returns the duration, rounded down to the nanosecond. */
    public Duration duration() {
        return Audio.duration(sampleCount);
    }
}
