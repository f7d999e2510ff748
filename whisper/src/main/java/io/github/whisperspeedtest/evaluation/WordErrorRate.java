package io.github.whisperspeedtest.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The word error rate of a transcript: the minimum number of edits that turn the reference into it.
 *
 * <p>Among several minimal edit sequences, the one with the most substitutions is used, so swapping reference and
 * hypothesis swaps only deletions and insertions. Words are separated by spaces; for languages written without spaces
 * the rate is not meaningful.
 *
 * @param substitutions words of the reference that were replaced
 * @param deletions words of the reference that are missing
 * @param insertions words that are not in the reference
 * @param referenceWords words of the reference
 */
public record WordErrorRate(int substitutions, int deletions, int insertions, int referenceWords) {
    /** Cost of a deletion or an insertion: one error in the upper half, no substitution in the lower half. */
    private static final long GAP = 1L << 32;

    /** Cost of a substitution: also one error, but a little cheaper for each that an alignment has. */
    private static final long SUBSTITUTION = GAP - 1;

    /** Cost of what lies outside the band: above any other, and far from overflow when more is added. */
    private static final long OUTSIDE = Long.MAX_VALUE / 2;

    /** Checks that the counts are possible. */
    public WordErrorRate {
        if (substitutions < 0 || deletions < 0 || insertions < 0 || substitutions + deletions > referenceWords) {
            throw new IllegalArgumentException("impossible counts: " + substitutions + " substitutions, " + deletions
                    + " deletions, " + insertions + " insertions in " + referenceWords + " reference words");
        }
    }

    /**
     * Compares a hypothesis with a reference, both normalized by {@link TextNormalizer}.
     *
     * <p>Time is proportional to the number of words times the number of errors; memory use is small.
     */
    public static WordErrorRate of(String reference, String hypothesis) {
        Map<String, Integer> numbers = new HashMap<>();
        int[] said = numbered(TextNormalizer.words(reference), numbers);
        int[] written = numbered(TextNormalizer.words(hypothesis), numbers);
        long best = align(said, written);
        int errors = errors(best);
        int substitutions = substitutions(best);
        // Every alignment has as many more deletions than insertions as the reference has more words.
        int deletions = (errors - substitutions + said.length - written.length) / 2;
        int insertions = errors - substitutions - deletions;
        return new WordErrorRate(substitutions, deletions, insertions, said.length);
    }

    private static int[] numbered(List<String> words, Map<String, Integer> numbers) {
        return words.stream()
                .mapToInt(word -> numbers.computeIfAbsent(word, unknown -> numbers.size()))
                .toArray();
    }

    /**
     * Returns the cost of the best alignment by the algorithm of Wagner and Fischer, one row at a time.
     *
     * <p>An alignment strays from the diagonal by no more cells than it has errors, so it is looked for in a band that is
     * widened until the best one found has no more errors than the band allows (source: Ukkonen, "Algorithms for approximate
     * string matching", 1985).
     */
    private static long align(int[] reference, int[] hypothesis) {
        int band = Math.max(1, Math.abs(reference.length - hypothesis.length));
        long best = align(reference, hypothesis, band);
        while (errors(best) > band) {
            band *= 2;
            best = align(reference, hypothesis, band);
        }
        return best;
    }

    private static long align(int[] reference, int[] hypothesis, int band) {
        long[] row = new long[hypothesis.length + 1];
        for (int j = 0; j <= hypothesis.length; j++) {
            row[j] = j <= band ? j * GAP : OUTSIDE;
        }
        for (int i = 1; i <= reference.length; i++) {
            int first = Math.max(1, i - band);
            int last = (int) Math.min(hypothesis.length, (long) i + band);
            long diagonal = row[first - 1];
            row[first - 1] = i <= band ? i * GAP : OUTSIDE;
            for (int j = first; j <= last; j++) {
                long match = hypothesis[j - 1] == reference[i - 1] ? diagonal : diagonal + SUBSTITUTION;
                long gap = Math.min(row[j], row[j - 1]) + GAP;
                diagonal = row[j];
                row[j] = Math.min(match, gap);
            }
        }
        return row[hypothesis.length];
    }

    private static int errors(long cost) {
        return (int) ((cost + SUBSTITUTION) >> 32);
    }

    private static int substitutions(long cost) {
        return (int) (((long) errors(cost) << 32) - cost);
    }

    /** Returns the counts of both together. */
    public WordErrorRate plus(WordErrorRate other) {
        return new WordErrorRate(
                substitutions + other.substitutions,
                deletions + other.deletions,
                insertions + other.insertions,
                referenceWords + other.referenceWords);
    }

    /** Returns the number of changes. */
    public int errors() {
        return substitutions + deletions + insertions;
    }

    /**
     * Returns the errors per reference word: 0 for a perfect transcript, above 1 for more errors than words. For an
     * empty reference, it is 0 for an empty transcript and 1 for any other.
     */
    public double rate() {
        if (referenceWords == 0) {
            return insertions == 0 ? 0 : 1;
        }
        return (double) errors() / referenceWords;
    }
}
