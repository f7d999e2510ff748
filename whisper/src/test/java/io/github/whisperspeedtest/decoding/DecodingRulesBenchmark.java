package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.Arrays;
import java.util.Random;

/**
 * Measures the decoding rules and the selection of a token with its probability, for one row of logits.
 *
 * <p>Prints microseconds per row, the median of many batches, for logits of several spreads. Arguments: the number of batches.
 */
public final class DecodingRulesBenchmark {
    private static final RepetitionRules NO_RULES = new RepetitionRules(1, 0);
    private static final int VOCABULARY = ScriptedNetwork.MULTILINGUAL;
    private static final int ROWS_PER_BATCH = 100;

    private DecodingRulesBenchmark() {}

    /** Runs the benchmark. */
    public static void main(String[] args) {
        int batches = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        Tokenizer tokenizer = ScriptedNetwork.tokenizer(VOCABULARY);
        DecodingRules rules = new DecodingRules(
                tokenizer.specials(),
                new SuppressedTokens(
                        tokenizer,
                        GenerationConfig.NONE,
                        TranscribeOptions.defaults().suppressTokens()),
                new TimestampRules(tokenizer.specials(), 0.02, 1.0),
                NO_RULES);
        TokenSequence sequence = new TokenSequence(8);
        sequence.append(tokenizer.specials().timestampBegin(), 0);
        sequence.append('a', 0);
        for (double spread : new double[] {0.5, 2, 4, 8}) {
            System.out.printf(
                    "spread %4.1f: greedy %6.1f us, best six %6.1f us%n",
                    spread,
                    micros(rules, sequence, spread, batches, new int[1]),
                    micros(rules, sequence, spread, batches, new int[6]));
        }
    }

    private static double micros(
            DecodingRules rules, TokenSequence sequence, double spread, int batches, int[] tokens) {
        float[][] original = logits(spread);
        float[] row = new float[VOCABULARY];
        double[] micros = new double[batches];
        double sum = 0;
        for (int batch = 0; batch < batches; batch++) {
            long nanos = 0;
            for (int i = 0; i < ROWS_PER_BATCH; i++) {
                System.arraycopy(original[i % original.length], 0, row, 0, VOCABULARY);
                long start = System.nanoTime();
                TokenDistribution next = rules.next(row, sequence);
                if (tokens.length == 1) {
                    tokens[0] = next.mostProbable();
                } else {
                    next.mostProbable(tokens);
                }
                sum += next.logProbability(tokens[0]);
                nanos += System.nanoTime() - start;
            }
            micros[batch] = nanos / 1e3 / ROWS_PER_BATCH;
        }
        if (Double.isNaN(sum)) {
            throw new AssertionError("no number came out");
        }
        Arrays.sort(micros);
        return micros[batches / 2];
    }

    private static float[][] logits(double spread) {
        Random random = new Random(1);
        float[][] rows = new float[20][VOCABULARY];
        for (float[] row : rows) {
            for (int i = 0; i < VOCABULARY; i++) {
                row[i] = (float) (random.nextGaussian() * spread);
            }
            row[random.nextInt(50_000)] = (float) (6 * spread + 10);
        }
        return rows;
    }
}
