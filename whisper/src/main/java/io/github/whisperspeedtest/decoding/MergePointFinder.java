package io.github.whisperspeedtest.decoding;

import org.jspecify.annotations.Nullable;

/**
 * Finds where to join the texts of two overlapping chunks: within their longest common run of tokens.
 *
 * <p>Both chunks usually decode the overlap alike, except at their edges, where a word is cut off or context is
 * missing. The text before the run is taken from the earlier chunk, the text after it from the later chunk. A repeated
 * phrase also produces runs at wrong places. Such a run either skips text of the overlap or matches text from different
 * times, so both lower its score.
 *
 * <p>Source: the idea of {@code _find_longest_common_sequence} in huggingface/transformers'
 * {@code tokenization_whisper.py}.
 */
final class MergePointFinder {
    /** A single common token is coincidence. */
    private static final int SHORTEST_RUN = 2;

    /** Number of skipped tokens that outweigh one token of the run. */
    private static final double SKIPPED_PER_TOKEN = 4;

    /** Tokens that a second of disagreement about the time of a run costs: the usual number of tokens per second. */
    private static final double TOKENS_PER_SECOND = 4;

    /** The same if word times are only estimated from their place in the text, which is inaccurate around silence. */
    private static final double TOKENS_PER_ESTIMATED_SECOND = 2;

    /** Tolerance in seconds for the times that decide which tokens are in the overlap. */
    static final double TOLERANCE = 1;

    private final WordLine left;
    private final WordLine right;
    private final Chunk chunk;
    private final boolean timed;
    private final int leftFrom;
    private final int rightTo;

    private double bestScore = Double.NEGATIVE_INFINITY;
    private @Nullable MergePoint best;

    private MergePointFinder(WordLine left, WordLine right, Chunk chunk, boolean timed) {
        this.left = left;
        this.right = right;
        this.chunk = chunk;
        this.timed = timed;
        leftFrom = timed ? left.firstTokenFrom(chunk.start() - TOLERANCE) : 0;
        rightTo = timed ? right.firstTokenFrom(chunk.overlapEnd() + TOLERANCE) : right.tokenCount();
    }

    /**
     * Returns the place to join. Without a common run, it is the middle of the overlap, or the end of the earlier text
     * if times are only estimated.
     *
     * @param left text up to the chunk before
     * @param right text of the chunk
     * @param chunk the later one of the two chunks
     * @param timed whether the words' times come from the model; otherwise they are rough estimates
     */
    static MergePoint find(WordLine left, WordLine right, Chunk chunk, boolean timed) {
        MergePointFinder finder = new MergePointFinder(left, right, chunk, timed);
        finder.findRuns();
        if (finder.best != null) {
            return finder.best;
        }
        return timed
                ? new MergePoint(left.firstWordFrom(chunk.border()), right.firstWordFrom(chunk.border()))
                : new MergePoint(left.wordCount(), 0);
    }

    /** Looks at each run that is as long as can be. */
    private void findRuns() {
        // The length of the run that ends with the last token looked at on the left and each one on the right.
        int[] lengths = new int[rightTo + 1];
        for (int i = leftFrom; i < left.tokenCount(); i++) {
            for (int j = rightTo - 1; j >= 0; j--) {
                boolean alike = left.token(i) == right.token(j);
                lengths[j + 1] = alike ? lengths[j] + 1 : 0;
                if (lengths[j + 1] >= SHORTEST_RUN && !goesOn(i, j)) {
                    consider(i + 1 - lengths[j + 1], j + 1 - lengths[j + 1], lengths[j + 1]);
                }
            }
        }
    }

    private boolean goesOn(int i, int j) {
        return i + 1 < left.tokenCount() && j + 1 < rightTo && left.token(i + 1) == right.token(j + 1);
    }

    private void consider(int leftStart, int rightStart, int length) {
        int skipped = Math.max(left.tokenCount() - leftStart - length, rightStart);
        double gain = length - skipped / SKIPPED_PER_TOKEN;
        double disagreement = disagreement(leftStart, rightStart, length);
        double score = gain - disagreement * (timed ? TOKENS_PER_SECOND : TOKENS_PER_ESTIMATED_SECOND);
        // Rather a run at a doubtful time than none, for then the times alone would part the texts.
        if (gain > disagreement && score > bestScore) {
            MergePoint seam = within(leftStart, rightStart, length);
            if (seam != null) {
                best = seam;
                bestScore = score;
            }
        }
    }

    /** Returns by how much the texts disagree about when a run is said, in seconds. */
    private double disagreement(int leftStart, int rightStart, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += Math.abs(left.time(leftStart + i) - right.time(rightStart + i));
        }
        return sum / length;
    }

    /**
     * Returns the best seam within a run, whose text is the same wherever it is cut: between two segments if possible, and near the middle
     * of the overlap. Null where no word begins in both texts.
     */
    private @Nullable MergePoint within(int leftStart, int rightStart, int length) {
        MergePoint nearest = null;
        boolean betweenSegments = false;
        double distance = Double.POSITIVE_INFINITY;
        for (int i = 0; i <= length; i++) {
            int leftWord = left.wordAt(leftStart + i);
            int rightWord = right.wordAt(rightStart + i);
            if (leftWord < 0 || rightWord < 0) {
                continue;
            }
            boolean between = left.isBetweenSegments(leftWord) && right.isBetweenSegments(rightWord);
            double off = timed ? Math.abs(time(leftStart, i, length) - chunk.border()) : Math.abs(i - length / 2);
            if (between && !betweenSegments || between == betweenSegments && off < distance) {
                nearest = new MergePoint(leftWord, rightWord);
                betweenSegments = between;
                distance = off;
            }
        }
        return nearest;
    }

    /** Returns when a cut in a run is, in seconds. */
    private double time(int leftStart, int cut, int length) {
        return cut < length ? left.time(leftStart + cut) : left.time(leftStart + cut - 1);
    }
}
