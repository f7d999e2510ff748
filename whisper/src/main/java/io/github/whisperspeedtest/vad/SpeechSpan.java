package io.github.whisperspeedtest.vad;

/**
 * A span of speech in a recording.
 *
 * @param start index of its first sample
 * @param end index after its last sample
 */
public record SpeechSpan(long start, long end) {
    /** Checks that it is not empty and begins inside a recording. */
    public SpeechSpan {
        if (start < 0 || end <= start) {
            throw new IllegalArgumentException(
                    "A span of speech must begin at 0 or later and end after that, but was " + start + " to " + end);
        }
    }

    /** Returns the number of samples. */
    public long length() {
        return end - start;
    }
}
