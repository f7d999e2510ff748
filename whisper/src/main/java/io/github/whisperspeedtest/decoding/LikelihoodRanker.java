package io.github.whisperspeedtest.decoding;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Selects the most likely of several sequences of different lengths.
 *
 * <p>Source: {@code MaximumLikelihoodRanker} in openai/whisper's {@code decoding.py}.
 */
final class LikelihoodRanker {
    private final @Nullable Double lengthPenalty;

    /**
     * Creates a ranker.
     *
     * @param lengthPenalty exponent of the length penalty of Google's NMT paper; null for the mean over the tokens
     */
    LikelihoodRanker(@Nullable Double lengthPenalty) {
        this.lengthPenalty = lengthPenalty;
    }

    /** Returns the most likely sequence; the first one on ties. */
    TokenSequence best(List<TokenSequence> sequences) {
        TokenSequence best = sequences.get(0);
        for (TokenSequence sequence : sequences) {
            if (score(sequence) > score(best)) {
                best = sequence;
            }
        }
        return best;
    }

    private double score(TokenSequence sequence) {
        int length = sequence.length();
        double penalty = lengthPenalty == null ? Math.max(1, length) : Math.pow((5 + length) / 6.0, lengthPenalty);
        return sequence.logProbability() / penalty;
    }
}
