package io.github.whisperspeedtest.decoding;

import org.jspecify.annotations.Nullable;

/**
 * Finds where to join the texts of two chunks that overlap: within the longest run of tokens that they have in common.
 *
 * <p>What both of them have heard they have usually written alike, but for the edges, where a word is cut off or the context is missing. So
 * the text before the run is the earlier chunk's, the one after it the later chunk's. A phrase that is said again and again makes runs
 * at wrong places too. Those either skip text of the overlap or bring together what was said at different times, and so each of the two
 * takes from what a run is worth.
 *
 * <p>Source: the idea of {@code _find_longest_common_sequence} in huggingface/transformers' {@code tokenization_whisper.py}.
 */
final class SeamFinder {
    /** One token alike is chance. */
    private static final int SHORTEST_RUN = 2;

    /** How many tokens that a run skips cost as much as one that it has. */
    private static final double SKIPPED_PER_TOKEN = 4;

    /** How many tokens a second of disagreement about the time of a run costs: as many as are usually said in it. */
    private static final double TOKENS_PER_SECOND = 4;

    /** The same where a word's time is only estimated from its place in the text of the chunk, which is off where somebody is silent. */
    private static final double TOKENS_PER_ESTIMATED_SECOND = 2;

    /** How far a time may be off, in seconds, where it decides which tokens are in the overlap. */
    static final double TOLERANCE = 1;

    private final WordLine left;
    private final WordLine right;
    private final Chunk chunk;
    private final boolean timed;
    private final int leftFrom;
    private final int rightTo;

    private double bestScore = Double.NEGATIVE_INFINITY;
    private @Nullable Seam best;

    private SeamFinder(WordLine left, WordLine right, Chunk chunk, boolean timed) {
        this.left = left;
        this.right = right;
        this.chunk = chunk;
        this.timed = timed;
        leftFrom = timed ? left.firstTokenFrom(chunk.start() - TOLERANCE) : 0;
        rightTo = timed ? right.firstTokenFrom(chunk.overlapEnd() + TOLERANCE) : right.tokenCount();
    }

    /**
     * Returns the seam. Where the texts have no run in common, that is the middle of the overlap, or the end of the earlier text where
     * times are only estimated.
     *
     * @param left text up to the chunk before
     * @param right text of the chunk
     * @param chunk the later one of the two chunks
     * @param timed whether the words' times come from the model; otherwise they are rough estimates
     */
    static Seam find(WordLine left, WordLine right, Chunk chunk, boolean timed) {
        SeamFinder finder = new SeamFinder(left, right, chunk, timed);
        finder.findRuns();
        if (finder.best != null) {
            return finder.best;
        }
        return timed
                ? new Seam(left.firstWordFrom(chunk.border()), right.firstWordFrom(chunk.border()))
                : new Seam(left.wordCount(), 0);
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
            Seam seam = within(leftStart, rightStart, length);
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
    private @Nullable Seam within(int leftStart, int rightStart, int length) {
        Seam nearest = null;
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
                nearest = new Seam(leftWord, rightWord);
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
