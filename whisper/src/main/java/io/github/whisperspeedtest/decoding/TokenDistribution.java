package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.error.InvalidLogitsException;
import io.github.whisperspeedtest.numeric.Exponentials;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The distribution of the next token: the logits of one position, restricted by the rules.
 *
 * <p>The allowed tokens are two ranges, one of text and special tokens and one of timestamps; {@link #forbid} excludes
 * single tokens. One instance is reused for all positions, so a step allocates nothing.
 *
 * <p>Not thread-safe.
 */
final class TokenDistribution implements RepetitionRules.Logits {
    /** Below any logit, but finite, so that differences are not NaN. */
    static final float NEVER = -1e30f;

    private final int firstTimestamp;
    private final Exponentials exponentials = new Exponentials();

    private float[] logits = {};
    private int textFrom;
    private int textTo;
    private int timestampFrom;
    private int timestampTo;

    /** The most probable token of each range, -1 if the range is empty. */
    private int bestText;

    private int bestTimestamp;

    private double logSum;

    /** Creates a distribution over no tokens yet. */
    TokenDistribution(int firstTimestamp) {
        this.firstTimestamp = firstTimestamp;
    }

    /** Resets to the logits of another position, which may be overwritten; every token is allowed. */
    void start(float[] logits) {
        this.logits = logits;
        textFrom = 0;
        textTo = Math.min(firstTimestamp, logits.length);
        timestampFrom = textTo;
        timestampTo = logits.length;
    }

    @Override
    public float get(int token) {
        return logits[token];
    }

    @Override
    public void set(int token, float logit) {
        logits[token] = logit;
    }

    /** Forbids some tokens. */
    void forbid(int... tokens) {
        for (int token : tokens) {
            logits[token] = NEVER;
        }
    }

    /** Forbids text and special tokens below the given one. */
    void forbidTextBelow(int token) {
        textFrom = Math.max(textFrom, Math.min(token, textTo));
    }

    /** Forbids all text and special tokens. */
    void forbidText() {
        textFrom = textTo;
    }

    /** Forbids timestamps below the given one. */
    void forbidTimestampsBelow(int token) {
        timestampFrom = Math.max(timestampFrom, Math.min(token, timestampTo));
    }

    /** Forbids timestamps from the given one on. */
    void forbidTimestampsFrom(int token) {
        timestampTo = Math.max(timestampFrom, Math.min(token, timestampTo));
    }

    /** Forbids all timestamps. */
    void forbidTimestamps() {
        timestampTo = timestampFrom;
    }

    /**
     * Computes the probabilities of the allowed tokens. Call it after the rules have been applied.
     *
     * @param preferTimestamps whether all text is forbidden where the timestamps together are more probable than the
     *     most probable text token
     * @throws InvalidLogitsException if no logit is a number
     */
    void settle(boolean preferTimestamps) {
        bestText = largest(textFrom, textTo);
        bestTimestamp = largest(timestampFrom, timestampTo);
        double timestamps = logSum(timestampFrom, timestampTo, bestTimestamp);
        if (preferTimestamps && bestTimestamp >= 0 && bestText >= 0 && timestamps > logits[bestText]) {
            forbidText();
            bestText = -1;
        }
        double text = logSum(textFrom, textTo, bestText);
        double larger = Math.max(text, timestamps);
        logSum = larger + Math.log(Math.exp(text - larger) + Math.exp(timestamps - larger));
        if (Double.isNaN(logSum)) {
            throw new InvalidLogitsException();
        }
    }

    /** Returns the most probable token. */
    int mostProbable() {
        if (bestText < 0) {
            return bestTimestamp;
        }
        return bestTimestamp >= 0 && logits[bestTimestamp] > logits[bestText] ? bestTimestamp : bestText;
    }

    /**
     * Finds the most probable tokens.
     *
     * @param tokens where they go, the most probable one first; those beyond the allowed ones become -1
     */
    void mostProbable(int[] tokens) {
        Arrays.fill(tokens, -1);
        insertLargest(textFrom, textTo, tokens);
        insertLargest(timestampFrom, timestampTo, tokens);
    }

    /** Samples a token from the distribution with all logits divided by the temperature. */
    int sample(double temperature, SplittableRandom random) {
        float scale = (float) (1 / temperature);
        float maximum = logits[mostProbable()];
        double text = exponentials.sum(logits, textFrom, textTo, maximum, scale);
        double timestamps = exponentials.sum(logits, timestampFrom, timestampTo, maximum, scale);
        double part = random.nextDouble() * (text + timestamps);
        int token = part < text || timestamps == 0
                ? exponentials.indexOf(part, logits, textFrom, textTo, maximum, scale)
                : exponentials.indexOf(part - text, logits, timestampFrom, timestampTo, maximum, scale);
        // Forbidden tokens keep a weight of e^-32, so one could be sampled, although practically never.
        return logits[token] == NEVER ? mostProbable() : token;
    }

    /** Returns the natural logarithm of the probability of an allowed token. */
    double logProbability(int token) {
        return logits[token] - logSum;
    }

    private double logSum(int from, int to, int largest) {
        return largest < 0 ? Double.NEGATIVE_INFINITY : exponentials.logSum(logits, from, to, logits[largest]);
    }

    /** Returns the first index of the largest logit, -1 if no allowed logit is a number. */
    private int largest(int from, int to) {
        int index = -1;
        float largest = NEVER;
        for (int i = from; i < to; i++) {
            if (logits[i] > largest) {
                largest = logits[i];
                index = i;
            }
        }
        return index;
    }

    private void insertLargest(int from, int to, int[] tokens) {
        int last = tokens.length - 1;
        float least = tokens[last] < 0 ? NEVER : logits[tokens[last]];
        for (int i = from; i < to; i++) {
            if (logits[i] > least) {
                int at = last;
                while (at > 0 && (tokens[at - 1] < 0 || logits[tokens[at - 1]] < logits[i])) {
                    tokens[at] = tokens[at - 1];
                    at--;
                }
                tokens[at] = i;
                least = tokens[last] < 0 ? NEVER : logits[tokens[last]];
            }
        }
    }
}
