package io.github.whisperspeedtest.testing;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;

/** The layers of a Whisper network. A matrix is an array of its rows. */
final class ReferenceLayers {
    /** PyTorch's default for the term added to a variance. */
    private static final double NORM_EPSILON = 1e-5;

    private ReferenceLayers() {}

    /**
     * A projection.
     *
     * @param weight {@code [in][out]}: the transpose of what checkpoints hold, so that the innermost loop runs over neighbours
     * @param bias one value for each output, zeros where the checkpoint has none
     */
    record Linear(float[] weight, float[] bias) {
        /** Returns {@code x · weight + bias} for each row of {@code x}. */
        float[] apply(float[] x) {
            int out = bias.length;
            int in = weight.length / out;
            float[] y = new float[x.length / in * out];
            float[] sums = new float[out];
            for (int row = 0; row < x.length / in; row++) {
                System.arraycopy(bias, 0, sums, 0, out);
                addProduct(x, row * in, in, weight, sums);
                System.arraycopy(sums, 0, y, row * out, out);
            }
            return y;
        }
    }

    /** A layer normalisation over the width of a row. */
    record Norm(float[] weight, float[] bias) {
        float[] apply(float[] x) {
            int width = weight.length;
            float[] y = new float[x.length];
            for (int row = 0; row < x.length; row += width) {
                double mean = 0;
                for (int i = 0; i < width; i++) {
                    mean += x[row + i];
                }
                mean /= width;
                double variance = 0;
                for (int i = 0; i < width; i++) {
                    variance += (x[row + i] - mean) * (x[row + i] - mean);
                }
                double deviation = Math.sqrt(variance / width + NORM_EPSILON);
                for (int i = 0; i < width; i++) {
                    y[row + i] = (float) ((x[row + i] - mean) / deviation) * weight[i] + bias[i];
                }
            }
            return y;
        }
    }

    /** The two projections at the end of a block, the activation between them, and the normalization before them. */
    record FeedForward(Norm norm, Linear up, Linear down) {
        float[] apply(float[] x) {
            return down.apply(gelu(up.apply(norm.apply(x))));
        }
    }

    /** Attention with several heads, and the normalisation before it. */
    record Attention(Norm norm, Linear query, Linear key, Linear value, Linear out, int heads) {
        /** Lets each row of {@code x}, not normalised yet, attend to all others. */
        float[] applyToItself(float[] x) {
            float[] normed = norm.apply(x);
            return apply(normed, key.apply(normed), value.apply(normed), false);
        }

        /**
         * Lets each row of {@code x}, normalised already, attend to the keys.
         *
         * @param causal whether {@code x} holds the last positions of the keys, and no position attends to later ones
         */
        float[] apply(float[] x, float[] keys, float[] values, boolean causal) {
            int width = key.bias.length;
            int size = width / heads;
            int rows = x.length / width;
            int positions = keys.length / width;
            float[] queries = query.apply(x);
            float[] attended = new float[x.length];
            for (int head = 0; head < heads; head++) {
                float[] headValues = columns(values, width, head * size, size);
                float[][] scores = scores(queries, keys, head);
                for (int row = 0; row < rows; row++) {
                    int visible = causal ? positions - rows + row + 1 : positions;
                    float[] shares = softmax(Arrays.copyOf(scores[row], visible));
                    float[] sum = new float[size];
                    addProduct(shares, 0, visible, headValues, sum);
                    System.arraycopy(sum, 0, attended, row * width + head * size, size);
                }
            }
            return out.apply(attended);
        }

        /** Returns the scores of one head before the softmax, {@code [query][position]}. */
        float[][] scores(float[] queries, float[] keys, int head) {
            int width = key.bias.length;
            int size = width / heads;
            int positions = keys.length / width;
            float scale = (float) (1 / Math.sqrt(size));
            float[] headQueries = columns(queries, width, head * size, size);
            float[] headKeys = transpose(columns(keys, width, head * size, size), size);
            float[][] scores = new float[queries.length / width][positions];
            for (int row = 0; row < scores.length; row++) {
                addProduct(headQueries, row * size, size, headKeys, scores[row]);
                for (int i = 0; i < positions; i++) {
                    scores[row][i] *= scale;
                }
            }
            return scores;
        }
    }

    /** Creates layers from the tensors of a checkpoint. */
    record Weights(Checkpoint checkpoint) {
        float[] values(String name) {
            Tensor tensor = Objects.requireNonNull(checkpoint.tensors().get(name), name);
            float[] values = new float[Math.toIntExact(tensor.elementCount())];
            tensor.copyTo(0, values);
            return values;
        }

        /** Returns a projection, or a convolution as a projection of each position's neighbours, channel by channel. */
        Linear linear(String name) {
            float[] weight = values(name + ".weight");
            int out = Objects.requireNonNull(checkpoint.tensors().get(name + ".weight"))
                    .shape()
                    .get(0);
            boolean hasBias = checkpoint.tensors().containsKey(name + ".bias");
            return new Linear(
                    transpose(weight, weight.length / out), hasBias ? values(name + ".bias") : new float[out]);
        }

        Norm norm(String name) {
            return new Norm(values(name + ".weight"), values(name + ".bias"));
        }

        FeedForward feedForward(String block) {
            return new FeedForward(norm(block + ".mlp_ln"), linear(block + ".mlp.0"), linear(block + ".mlp.2"));
        }

        Attention attention(String name, int heads) {
            return new Attention(
                    norm(name + "_ln"),
                    linear(name + ".query"),
                    linear(name + ".key"),
                    linear(name + ".value"),
                    linear(name + ".out"),
                    heads);
        }
    }

    /**
     * Adds {@code row · matrix} to {@code sums}, for a row of {@code count} values in {@code x}.
     *
     * <p>Processing four rows of the matrix per pass avoids most loads and stores of the sums.
     */
    private static void addProduct(float[] x, int start, int count, float[] matrix, float[] sums) {
        int columns = sums.length;
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            float x0 = x[start + i];
            float x1 = x[start + i + 1];
            float x2 = x[start + i + 2];
            float x3 = x[start + i + 3];
            int at = i * columns;
            for (int j = 0; j < columns; j++) {
                sums[j] += x0 * matrix[at + j]
                        + x1 * matrix[at + columns + j]
                        + x2 * matrix[at + 2 * columns + j]
                        + x3 * matrix[at + 3 * columns + j];
            }
        }
        for (; i < count; i++) {
            for (int j = 0; j < columns; j++) {
                sums[j] += x[start + i] * matrix[i * columns + j];
            }
        }
    }

    static float[] add(float[] a, float[] b) {
        float[] sum = new float[a.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    static float[] concatenate(float[] a, float[] b) {
        float[] joined = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }

    /** Returns the transpose of a matrix of the given number of columns. */
    static float[] transpose(float[] x, int columns) {
        int rows = x.length / columns;
        float[] y = new float[x.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                y[column * rows + row] = x[row * columns + column];
            }
        }
        return y;
    }

    /**
     * Returns the inputs of each step of a convolution with a kernel of three: {@code [step][channel * 3 + k]}.
     *
     * @param x {@code [position][channel]}; there are zeros before the first and after the last position
     */
    static float[] neighbours(float[] x, int channels, int stride) {
        int positions = x.length / channels;
        int steps = positions / stride;
        float[] y = new float[steps * channels * 3];
        for (int step = 0; step < steps; step++) {
            for (int k = 0; k < 3; k++) {
                int position = step * stride + k - 1;
                for (int channel = 0; position >= 0 && position < positions && channel < channels; channel++) {
                    y[(step * channels + channel) * 3 + k] = x[position * channels + channel];
                }
            }
        }
        return y;
    }

    /** Returns {@code x} times the standard normal distribution's probability of less than {@code x}. */
    static float[] gelu(float[] x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) (0.5 * x[i] * (1 + erf(x[i] / Math.sqrt(2))));
        }
        return y;
    }

    /** Returns the error function to 11 digits, by its series of positive terms (Abramowitz and Stegun, 7.1.6). */
    static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-12 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    private static float[] softmax(float[] x) {
        float max = Float.NEGATIVE_INFINITY;
        for (float value : x) {
            max = Math.max(max, value);
        }
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.exp(x[i] - max);
            sum += x[i];
        }
        for (int i = 0; i < x.length; i++) {
            x[i] /= (float) sum;
        }
        return x;
    }

    private static float[] columns(float[] x, int width, int first, int count) {
        float[] y = new float[x.length / width * count];
        for (int row = 0; row < x.length / width; row++) {
            System.arraycopy(x, row * width + first, y, row * count, count);
        }
        return y;
    }
}
