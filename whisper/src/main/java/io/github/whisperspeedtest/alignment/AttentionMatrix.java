package io.github.whisperspeedtest.alignment;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.numeric.Exponentials;
import java.util.Arrays;
import java.util.List;

/**
 * The attention of each token to each position of the audio, normalized, smoothed and averaged over heads.
 *
 * <p>Source: the middle of {@code find_alignment} in openai/whisper's {@code timing.py}.
 */
final class AttentionMatrix {
    private static final int MEDIAN_WIDTH = 7;

    /** Heads computed at once. 24 heads take 50 MB for a full window; all heads of a large model take 700 MB. */
    private static final int HEADS_AT_ONCE = 24;

    private AttentionMatrix() {}

    /**
     * Returns the matrix of some of the tokens.
     *
     * @param tokens the whole sequence
     * @param from first token wanted
     * @param to end of those
     * @param positions positions of the encoder that hold audio, at least 1
     * @return {@code [token - from][position]}
     */
    static float[][] of(
            EncoderOutput windows,
            int window,
            int[] tokens,
            int from,
            int to,
            int positions,
            List<AttentionHead> heads) {
        float[][] matrix = new float[to - from][positions];
        MedianFilter filter = new MedianFilter(MEDIAN_WIDTH);
        float[] smooth = new float[positions];
        for (int first = 0; first < heads.size(); first += HEADS_AT_ONCE) {
            List<AttentionHead> some = heads.subList(first, Math.min(heads.size(), first + HEADS_AT_ONCE));
            for (float[][] scores : windows.crossAttention(window, tokens, some)) {
                for (int token = 0; token < tokens.length; token++) {
                    scores[token] = Arrays.copyOf(scores[token], positions);
                    Exponentials.softmax(scores[token], positions);
                }
                standardize(scores);
                for (int token = from; token < to; token++) {
                    filter.apply(scores[token], smooth);
                    float[] sum = matrix[token - from];
                    for (int i = 0; i < positions; i++) {
                        sum[i] += smooth[i] / heads.size();
                    }
                }
            }
        }
        return matrix;
    }

    /** Standardizes each position: subtracts the mean over all tokens and divides by the standard deviation. */
    private static void standardize(float[][] weights) {
        int positions = weights[0].length;
        float[] mean = new float[positions];
        float[] variance = new float[positions];
        for (float[] row : weights) {
            for (int i = 0; i < positions; i++) {
                mean[i] += row[i] / weights.length;
            }
        }
        for (float[] row : weights) {
            for (int i = 0; i < positions; i++) {
                float difference = row[i] - mean[i];
                variance[i] += difference * difference / weights.length;
            }
        }
        for (float[] row : weights) {
            for (int i = 0; i < positions; i++) {
                row[i] = variance[i] > 0 ? (float) ((row[i] - mean[i]) / Math.sqrt(variance[i])) : 0;
            }
        }
    }
}
