package io.github.whisperspeedtest.evaluation;

import java.util.Objects;

/**
 * The error rate of a transcript: the minimum number of edits that turn the reference into it, as a share of the reference.
 *
 * <p>Among several minimal edit sequences, the one with the most substitutions is used, so swapping reference and hypothesis swaps only
 * deletions and insertions.
 *
 * @param unit what is counted
 * @param substitutions units of the reference that were replaced
 * @param deletions units of the reference that are missing
 * @param insertions units that are not in the reference
 * @param referenceLength units of the reference
 */
public record ErrorRate(Unit unit, int substitutions, int deletions, int insertions, int referenceLength) {
    /** What an error rate counts. */
    public enum Unit {
        /** Words, which are separated by spaces: the word error rate. */
        WORD("WER", "word"),
        /** Characters without spaces, for languages that do not separate words: the character error rate. */
        CHARACTER("CER", "character");

        private final String abbreviation;
        private final String noun;

        Unit(String abbreviation, String noun) {
            this.abbreviation = abbreviation;
            this.noun = noun;
        }

        /** Returns the usual name of the rate: {@code WER} or {@code CER}. */
        public String abbreviation() {
            return abbreviation;
        }

        /** Returns {@code word} or {@code character}. */
        public String noun() {
            return noun;
        }

        /**
         * Returns the unit for a language: characters for Chinese, Cantonese, Japanese, Thai, Lao, Burmese and Khmer, words for all others.
         *
         * <p>Source: "Robust Speech Recognition via Large-Scale Weak Supervision" (Radford et al., 2022), which counts characters in Chinese,
         * Japanese, Thai, Lao and Burmese. Cantonese and Khmer are added: they do not separate words either.
         *
         * @param code a code of {@link io.github.whisperspeedtest.transcription.Language}
         */
        public static Unit forLanguage(String code) {
            return switch (code) {
                case "zh", "yue", "ja", "th", "lo", "my", "km" -> CHARACTER;
                default -> WORD;
            };
        }
    }

    /** Checks that the counts are possible. */
    public ErrorRate {
        Objects.requireNonNull(unit, "unit");
        if (substitutions < 0 || deletions < 0 || insertions < 0 || substitutions > referenceLength - deletions) {
            throw new IllegalArgumentException("impossible counts: " + substitutions + " substitutions, " + deletions
                    + " deletions, " + insertions + " insertions in " + referenceLength + " reference " + unit.noun()
                    + "s");
        }
    }

    /**
     * Compares a hypothesis with a reference, both normalized by the {@link TextNormalizer} of their language, in the unit of their
     * language.
     *
     * <p>Time is proportional to the length of the texts times the number of errors; memory use is proportional to the length.
     *
     * @param language a code of {@link io.github.whisperspeedtest.transcription.Language}; every other text stands for a language that
     *     separates words
     */
    public static ErrorRate of(String reference, String hypothesis, String language) {
        UnitPair pair = UnitPair.of(reference, hypothesis, language);
        long best = EditDistance.cost(pair.referenceIds(), pair.hypothesisIds());
        int edits = EditDistance.edits(best);
        int substitutions = EditDistance.substitutions(best);
        int length = pair.reference().size();
        // Every alignment has as many more deletions than insertions as the reference is longer.
        int deletions = (edits - substitutions + length - pair.hypothesis().size()) / 2;
        return new ErrorRate(pair.unit(), substitutions, deletions, edits - substitutions - deletions, length);
    }

    /**
     * Returns the counts of both together.
     *
     * @throws IllegalArgumentException if the units differ
     * @throws ArithmeticException if a count exceeds the range of {@code int}
     */
    public ErrorRate plus(ErrorRate other) {
        if (unit != other.unit) {
            throw new IllegalArgumentException(
                    "cannot add a rate of " + unit.noun() + "s and one of " + other.unit.noun() + "s");
        }
        return new ErrorRate(
                unit,
                Math.addExact(substitutions, other.substitutions),
                Math.addExact(deletions, other.deletions),
                Math.addExact(insertions, other.insertions),
                Math.addExact(referenceLength, other.referenceLength));
    }

    /** Returns the number of edits. */
    public int errors() {
        return substitutions + deletions + insertions;
    }

    /**
     * Returns the errors per unit of the reference: 0 for a perfect transcript, above 1 for more errors than units. For an
     * empty reference, it is 0 for an empty transcript and 1 for any other.
     */
    public double rate() {
        if (referenceLength == 0) {
            return insertions == 0 ? 0 : 1;
        }
        return (double) errors() / referenceLength;
    }
}
