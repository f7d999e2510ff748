package io.github.whisperspeedtest.alignment;

import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.numeric.Exponentials;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Computes the probability of each token of a given text. */
final class TokenProbabilities {
    /** Tokens whose logits are computed at once: 3 MB. */
    private static final int CHUNK = 16;

    private TokenProbabilities() {}

    /**
     * Returns the probability of each token from a place on, given those before it.
     *
     * @param tokens the whole sequence
     * @param from the first token wanted, at least 1
     * @param to end of those
     * @param textTokens number of text tokens of the vocabulary, which come before all others
     * @param vocabulary number of all tokens
     */
    static double[] of(
            EncoderOutput windows, int window, int[] tokens, int from, int to, int textTokens, int vocabulary) {
        double[] probabilities = new double[to - from];
        float[][] rows = new float[Math.min(CHUNK, probabilities.length)][vocabulary];
        try (DecoderSession session = windows.startDecoding(1)) {
            if (windows.count() > 1) {
                session.select(new int[] {window});
            }
            // What a token's logits are is computed from the one before it; the first chunk also reads all before that.
            for (int first = from; first < to; first += CHUNK) {
                int end = Math.min(to, first + CHUNK);
                int begin = session.length();
                int[] positions =
                        IntStream.range(first - 1 - begin, end - 1 - begin).toArray();
                float[][] logits = Arrays.copyOf(rows, positions.length);
                session.append(new int[][] {Arrays.copyOfRange(tokens, begin, end - 1)}, positions, logits);
                for (int i = first; i < end; i++) {
                    float[] row = logits[i - first];
                    Exponentials.softmax(row, textTokens);
                    probabilities[i - from] = row[tokens[i]];
                }
            }
        }
        return probabilities;
    }
}
