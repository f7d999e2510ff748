package io.github.whisperspeedtest.evaluation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A transcript set against its reference, word by word or character by character. The counts are those of {@link ErrorRate}.
 *
 * @param unit what stands in a pair of the alignment
 * @param pairs the pairs in the order of the texts
 */
public record TextAlignment(ErrorRate.Unit unit, List<Pair> pairs) {
    /** How the two sides of a pair differ. */
    public enum Kind {
        /** Both sides are equal. */
        MATCH,
        /** The sides differ. */
        SUBSTITUTION,
        /** Only the reference has it. */
        DELETION,
        /** Only the hypothesis has it. */
        INSERTION
    }

    /**
     * A word or a character of the normalized texts.
     *
     * @param kind how the sides differ
     * @param reference what the reference has, null for an insertion
     * @param hypothesis what the hypothesis has, null for a deletion
     */
    public record Pair(
            Kind kind, @Nullable String reference, @Nullable String hypothesis) {
        /** Checks that the sides fit the kind. */
        public Pair {
            Objects.requireNonNull(kind, "kind");
            if ((reference == null) != (kind == Kind.INSERTION) || (hypothesis == null) != (kind == Kind.DELETION)) {
                throw new IllegalArgumentException("impossible " + kind + " of " + reference + " and " + hypothesis);
            }
        }
    }

    /** Copies the list. */
    public TextAlignment {
        Objects.requireNonNull(unit, "unit");
        pairs = List.copyOf(pairs);
    }

    /**
     * Aligns a hypothesis with a reference, both normalized by the {@link TextNormalizer} of their language, in the unit of their
     * language.
     *
     * <p>Time is proportional to the length of the texts times the number of errors, memory to the length alone: long texts are divided
     * until a table of a million cells is enough for each part.
     *
     * @param language a code of {@link io.github.whisperspeedtest.transcription.Language}; every other text stands for a language that
     *     separates words
     */
    public static TextAlignment of(String reference, String hypothesis, String language) {
        UnitPair texts = UnitPair.of(reference, hypothesis, language);
        Iterator<String> left = texts.reference().iterator();
        Iterator<String> right = texts.hypothesis().iterator();
        List<Pair> pairs = new ArrayList<>();
        for (Kind kind : EditDistance.kinds(texts.referenceIds(), texts.hypothesisIds())) {
            pairs.add(new Pair(
                    kind, kind == Kind.INSERTION ? null : left.next(), kind == Kind.DELETION ? null : right.next()));
        }
        return new TextAlignment(texts.unit(), pairs);
    }

    /** Returns the counts. */
    public ErrorRate errorRate() {
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        pairs.forEach(pair -> counts.merge(pair.kind(), 1, Integer::sum));
        int insertions = counts.getOrDefault(Kind.INSERTION, 0);
        return new ErrorRate(
                unit,
                counts.getOrDefault(Kind.SUBSTITUTION, 0),
                counts.getOrDefault(Kind.DELETION, 0),
                insertions,
                pairs.size() - insertions);
    }
}
