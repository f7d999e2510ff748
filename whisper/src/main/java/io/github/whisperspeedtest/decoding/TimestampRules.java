package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.tokenizer.SpecialTokens;

/**
 * The rules for timestamps: they come first and in pairs, never decrease, and are selected if together they are more
 * probable than any text token.
 *
 * <p>Source: {@code ApplyTimestampRules} in openai/whisper's {@code decoding.py}.
 */
final class TimestampRules {
    private final SpecialTokens specials;
    private final int lastInitialTimestamp;

    /**
     * Creates the rules.
     *
     * @param secondsPerTimestamp seconds between consecutive timestamp tokens
     * @param maxInitialSeconds maximum first timestamp of a window
     */
    TimestampRules(SpecialTokens specials, double secondsPerTimestamp, double maxInitialSeconds) {
        this.specials = specials;
        this.lastInitialTimestamp =
                specials.timestampBegin() + (int) Math.rint(maxInitialSeconds / secondsPerTimestamp);
    }

    /** Returns the last timestamp that a window may start with. */
    int lastInitialTimestamp() {
        return lastInitialTimestamp;
    }

    /** Restricts the tokens that may follow a sequence. */
    void apply(TokenDistribution distribution, TokenSequence sequence) {
        int length = sequence.length();
        if (length == 0) {
            distribution.forbidText();
            distribution.forbidTimestampsFrom(lastInitialTimestamp + 1);
            return;
        }
        boolean lastWasTimestamp = specials.isTimestamp(sequence.token(length - 1));
        boolean oneBeforeWasTimestamp = length < 2 || specials.isTimestamp(sequence.token(length - 2));
        if (lastWasTimestamp && oneBeforeWasTimestamp) {
            distribution.forbidTimestamps();
        } else if (lastWasTimestamp) {
            distribution.forbidTextBelow(specials.endOfText());
        }
        int latest = latestTimestamp(sequence);
        if (latest >= 0) {
            // A segment may start where the previous one ended, but must not end at its own start.
            boolean closesSegment = lastWasTimestamp && !oneBeforeWasTimestamp;
            distribution.forbidTimestampsBelow(closesSegment ? latest : latest + 1);
        }
    }

    private int latestTimestamp(TokenSequence sequence) {
        for (int i = sequence.length() - 1; i >= 0; i--) {
            if (specials.isTimestamp(sequence.token(i))) {
                return sequence.token(i);
            }
        }
        return -1;
    }
}
