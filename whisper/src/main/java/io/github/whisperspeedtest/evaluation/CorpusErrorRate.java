package io.github.whisperspeedtest.evaluation;

import java.util.Optional;

/**
 * The error rate of many transcripts: the sum of their errors divided by the sum of the lengths of their references.
 *
 * <p>As in the Open ASR Leaderboard (source: huggingface/open_asr_leaderboard, {@code normalizer/data_utils.py} and
 * {@code normalizer/eval_utils.py}), a pair does not count if its normalized reference is empty or says that the segment is not to be
 * scored. Unlike the leaderboard since 2026, a compound written as two words is an error. Not safe for use by several threads.
 */
public final class CorpusErrorRate {
    /** Reference of the recordings of TED-LIUM that are not to be scored. */
    private static final String IGNORED = "ignore time segment in scoring";

    private final String language;
    private ErrorRate total;
    private int scored;
    private int skipped;

    /**
     * Creates a corpus without texts.
     *
     * @param language a code of {@link io.github.whisperspeedtest.transcription.Language}
     */
    public CorpusErrorRate(String language) {
        this.language = language;
        total = new ErrorRate(ErrorRate.Unit.forLanguage(language), 0, 0, 0, 0);
    }

    /**
     * Compares a hypothesis with its reference, and adds the counts.
     *
     * @return the counts of this pair, empty if it does not count
     */
    public Optional<ErrorRate> add(String reference, String hypothesis) {
        String normal = TextNormalizer.forLanguage(language).normalize(reference);
        if (normal.isEmpty() || normal.equals(IGNORED)) {
            skipped++;
            return Optional.empty();
        }
        ErrorRate rate = ErrorRate.of(reference, hypothesis, language);
        total = total.plus(rate);
        scored++;
        return Optional.of(rate);
    }

    /** Returns the sum of all counts. */
    public ErrorRate total() {
        return total;
    }

    /** Returns the number of pairs in the sum. */
    public int scored() {
        return scored;
    }

    /** Returns the number of pairs that do not count. */
    public int skipped() {
        return skipped;
    }
}
