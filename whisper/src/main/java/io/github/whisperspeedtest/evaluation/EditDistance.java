package io.github.whisperspeedtest.evaluation;

import io.github.whisperspeedtest.evaluation.TextAlignment.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The best alignment of two sequences: the fewest edits that turn the reference into the hypothesis, and among these the most
 * substitutions.
 *
 * <p>The algorithm is that of Wagner and Fischer, one row at a time. An alignment strays from the diagonal by no more cells than it has
 * edits, so it is looked for in a band that is widened until the best one found has no more edits than the band allows (source: Ukkonen,
 * "Algorithms for approximate string matching", 1985). Time is proportional to the length of the sequences times the number of edits.
 */
final class EditDistance {
    /** Cost of a deletion or an insertion: one edit in the upper half, no substitution in the lower half. */
    private static final long GAP = 1L << 32;

    /** Cost of a substitution: also one edit, but a little cheaper for each that an alignment has. */
    private static final long SUBSTITUTION = GAP - 1;

    /** Cost of what lies outside the band: above any other, and far from overflow when more is added. */
    private static final long OUTSIDE = Long.MAX_VALUE / 4;

    /** Largest table, in cells of one byte. */
    private static final int MAX_CELLS = 1 << 20;

    private static final Kind[] KINDS = Kind.values();

    private EditDistance() {}

    /** Returns the cost of the best alignment, from which {@link #edits} and {@link #substitutions} follow. */
    static long cost(int[] reference, int[] hypothesis) {
        int band = Math.max(1, Math.abs(reference.length - hypothesis.length));
        long best = lastRow(reference, hypothesis, band)[hypothesis.length];
        while (edits(best) > band) {
            band *= 2;
            best = lastRow(reference, hypothesis, band)[hypothesis.length];
        }
        return best;
    }

    static int edits(long cost) {
        return (int) ((cost + SUBSTITUTION) >> 32);
    }

    static int substitutions(long cost) {
        return (int) (((long) edits(cost) << 32) - cost);
    }

    /**
     * Returns the matches and edits of the best alignment, in order.
     *
     * <p>Besides the result, memory is a row and a table of {@value #MAX_CELLS} cells: larger problems are divided in the middle of the
     * reference (source: Hirschberg, "A linear space algorithm for computing maximal common subsequences", 1975).
     */
    static List<Kind> kinds(int[] reference, int[] hypothesis) {
        List<Kind> kinds = new ArrayList<>(Math.max(reference.length, hypothesis.length));
        addKinds(reference, hypothesis, kinds);
        return kinds;
    }

    private static void addKinds(int[] reference, int[] hypothesis, List<Kind> kinds) {
        int shorter = Math.min(reference.length, hypothesis.length);
        int prefix = 0;
        while (prefix < shorter && reference[prefix] == hypothesis[prefix]) {
            prefix++;
        }
        int suffix = 0;
        while (suffix < shorter - prefix
                && reference[reference.length - 1 - suffix] == hypothesis[hypothesis.length - 1 - suffix]) {
            suffix++;
        }
        add(Kind.MATCH, prefix, kinds);
        addDifferent(
                Arrays.copyOfRange(reference, prefix, reference.length - suffix),
                Arrays.copyOfRange(hypothesis, prefix, hypothesis.length - suffix),
                kinds);
        add(Kind.MATCH, suffix, kinds);
    }

    private static void addDifferent(int[] reference, int[] hypothesis, List<Kind> kinds) {
        if (reference.length == 0 || hypothesis.length == 0) {
            add(Kind.DELETION, reference.length, kinds);
            add(Kind.INSERTION, hypothesis.length, kinds);
        } else if (reference.length == 1 || (long) reference.length * hypothesis.length <= MAX_CELLS) {
            addFromTable(reference, hypothesis, kinds);
        } else {
            int middle = reference.length / 2;
            int[] first = Arrays.copyOfRange(reference, 0, middle);
            int[] second = Arrays.copyOfRange(reference, middle, reference.length);
            int split = split(first, second, hypothesis);
            addKinds(first, Arrays.copyOfRange(hypothesis, 0, split), kinds);
            addKinds(second, Arrays.copyOfRange(hypothesis, split, hypothesis.length), kinds);
        }
    }

    /** Returns how much of the hypothesis the best alignment aligns with the first part of the reference. */
    private static int split(int[] first, int[] second, int[] hypothesis) {
        int[] reference = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, reference, first.length, second.length);
        int band = edits(cost(reference, hypothesis));
        long[] forward = lastRow(first, hypothesis, band);
        long[] backward = lastRow(reversed(second), reversed(hypothesis), band);
        int from = (int)
                Math.max(0, Math.max((long) first.length - band, (long) hypothesis.length - second.length - band));
        int to = (int) Math.min(
                hypothesis.length,
                Math.min((long) first.length + band, (long) hypothesis.length - second.length + band));
        int best = from;
        for (int j = from; j <= to; j++) {
            if (forward[j] + backward[hypothesis.length - j] < forward[best] + backward[hypothesis.length - best]) {
                best = j;
            }
        }
        return best;
    }

    private static int[] reversed(int[] sequence) {
        int[] reversed = new int[sequence.length];
        for (int i = 0; i < sequence.length; i++) {
            reversed[i] = sequence[sequence.length - 1 - i];
        }
        return reversed;
    }

    private static void addFromTable(int[] reference, int[] hypothesis, List<Kind> kinds) {
        byte[][] table = new byte[reference.length + 1][hypothesis.length + 1];
        long[] row = new long[hypothesis.length + 1];
        for (int j = 1; j <= hypothesis.length; j++) {
            row[j] = j * GAP;
            table[0][j] = (byte) Kind.INSERTION.ordinal();
        }
        for (int i = 1; i <= reference.length; i++) {
            long diagonal = row[0];
            row[0] = i * GAP;
            table[i][0] = (byte) Kind.DELETION.ordinal();
            for (int j = 1; j <= hypothesis.length; j++) {
                boolean same = reference[i - 1] == hypothesis[j - 1];
                long match = same ? diagonal : diagonal + SUBSTITUTION;
                long gap = Math.min(row[j], row[j - 1]) + GAP;
                Kind matching = same ? Kind.MATCH : Kind.SUBSTITUTION;
                Kind leaving = row[j] <= row[j - 1] ? Kind.DELETION : Kind.INSERTION;
                table[i][j] = (byte) (match <= gap ? matching : leaving).ordinal();
                diagonal = row[j];
                row[j] = Math.min(match, gap);
            }
        }
        List<Kind> backwards = new ArrayList<>();
        int i = reference.length;
        int j = hypothesis.length;
        while (i > 0 || j > 0) {
            Kind kind = KINDS[table[i][j]];
            backwards.add(kind);
            i -= kind == Kind.INSERTION ? 0 : 1;
            j -= kind == Kind.DELETION ? 0 : 1;
        }
        for (int k = backwards.size() - 1; k >= 0; k--) {
            kinds.add(backwards.get(k));
        }
    }

    private static void add(Kind kind, int times, List<Kind> kinds) {
        for (int i = 0; i < times; i++) {
            kinds.add(kind);
        }
    }

    /** Returns the costs of aligning the reference with every beginning of the hypothesis that ends within the band. */
    private static long[] lastRow(int[] reference, int[] hypothesis, int band) {
        long[] row = new long[hypothesis.length + 1];
        for (int j = 0; j <= hypothesis.length; j++) {
            row[j] = j <= band ? j * GAP : OUTSIDE;
        }
        for (int i = 1; i <= reference.length; i++) {
            int first = Math.max(1, i - band);
            int last = (int) Math.min(hypothesis.length, (long) i + band);
            if (first > hypothesis.length + 1) {
                break;
            }
            long diagonal = row[first - 1];
            row[first - 1] = i <= band ? i * GAP : OUTSIDE;
            for (int j = first; j <= last; j++) {
                long match = hypothesis[j - 1] == reference[i - 1] ? diagonal : diagonal + SUBSTITUTION;
                long gap = Math.min(row[j], row[j - 1]) + GAP;
                diagonal = row[j];
                row[j] = Math.min(match, gap);
            }
        }
        return row;
    }
}
