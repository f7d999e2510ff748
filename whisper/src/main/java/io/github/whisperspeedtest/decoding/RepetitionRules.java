package io.github.whisperspeedtest.decoding;

import java.util.Arrays;

/**
 * Rules against repetition in the text of a window: a penalty for tokens that it already has, and no token sequence of
 * a given length twice.
 *
 * <p>Timestamps count as tokens. Source: {@code RepetitionPenalty} and {@code NoRepeatNgram} in CTranslate2's
 * {@code decoding_utils.cc}.
 *
 * @param penalty divides the positive logits of tokens that the text has, and multiplies the negative ones; 1 for none
 * @param ngramSize length of the sequences that must not repeat; 0 to allow all
 */
public record RepetitionRules(double penalty, int ngramSize) {
    /** The logits of the next token, by token. */
    public interface Logits {
        /** Returns the logit of a token. */
        float get(int token);

        /** Sets the logit of a token. */
        void set(int token, float logit);
    }

    /** Returns whether there is any rule. */
    public boolean isActive() {
        return penalty != 1 || ngramSize > 0;
    }

    /**
     * Applies the rules to the logits of the next token, before any other rule.
     *
     * @param tokens the text of the window so far, including timestamps
     */
    public void apply(int[] tokens, Logits logits) {
        if (penalty != 1) {
            Arrays.stream(tokens).distinct().forEach(token -> {
                float logit = logits.get(token);
                logits.set(token, (float) (logit < 0 ? logit * penalty : logit / penalty));
            });
        }
        if (ngramSize > 0) {
            // The last tokens are the start of an n-gram; what followed the same start before must not follow again.
            int start = tokens.length - ngramSize + 1;
            for (int i = 0; i < start; i++) {
                if (Arrays.equals(tokens, i, i + ngramSize - 1, tokens, start, tokens.length)) {
                    logits.set(tokens[i + ngramSize - 1], TokenDistribution.NEVER);
                }
            }
        }
    }
}
