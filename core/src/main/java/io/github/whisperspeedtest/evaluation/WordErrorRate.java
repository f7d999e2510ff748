package io.github.whisperspeedtest.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many words of a transcript are wrong: the fewest changes that turn the reference into it.
 *
 * <p>Where several sets of changes are the fewest, the one with the most substitutions counts, so that swapping reference and
 * hypothesis swaps deletions and insertions and nothing else. A word is what stands between spaces; for a language that is
 * written without spaces the rate says little.
 *
 * @param substitutions words of the reference that were taken for another
 * @param deletions words of the reference that are missing
 * @param insertions words that the reference does not have
 * @param referenceWords words of the reference
 */
public record WordErrorRate(int substitutions, int deletions, int insertions, int referenceWords) {
    /** Cost of a deletion or an insertion: one error in the upper half, no substitution in the lower half. */
    private static final long GAP = 1L << 32;

    /** Cost of a substitution: also one error, but a little cheaper for each that an alignment has. */
    private static final long SUBSTITUTION = GAP - 1;

    /** Checks that the counts are possible. */
    public WordErrorRate {
        if (substitutions < 0 || deletions < 0 || insertions < 0 || substitutions + deletions > referenceWords) {
            throw new IllegalArgumentException("impossible counts: " + substitutions + " substitutions, " + deletions
                    + " deletions, " + insertions + " insertions in " + referenceWords + " reference words");
        }
    }

    /**
     * Compares a transcript with what was said, both in the form of {@link TextNormalizer}.
     *
     * <p>Takes time in proportion to the product of the numbers of words.
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
     * <p>A cost is one number that orders by errors first and, where these are equal, by substitutions, many before few.
     */
    private static long align(int[] reference, int[] hypothesis) {
        long[] row = new long[hypothesis.length + 1];
        for (int j = 1; j <= hypothesis.length; j++) {
            row[j] = row[j - 1] + GAP;
        }
        for (int word : reference) {
            long diagonal = row[0];
            row[0] += GAP;
            for (int j = 1; j <= hypothesis.length; j++) {
                long match = hypothesis[j - 1] == word ? diagonal : diagonal + SUBSTITUTION;
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
     * Returns changes per word of the reference: 0 for a perfect transcript, above 1 where more words are wrong than were
     * said. Where nothing was said it is 0 for an empty transcript and 1 for any other.
     */
    public double rate() {
        if (referenceWords == 0) {
            return insertions == 0 ? 0 : 1;
        }
        return (double) errors() / referenceWords;
    }
}
