package io.github.whisperspeedtest.transcription;

import java.time.Duration;
import java.util.Objects;

/**
 * One word of a segment.
 *
 * @param start offset of its first sound from the beginning of the audio
 * @param end offset of its last sound from the beginning of the audio, not before {@code start}
 * @param text the word with the space before it and the punctuation around it, as in the tokens
 * @param probability mean probability of its tokens, 0 to 1
 */
public record Word(Duration start, Duration end, String text, double probability) {
    /** Checks that nothing is null. */
    public Word {
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(end, "end");
        Objects.requireNonNull(text, "text");
    }
}
