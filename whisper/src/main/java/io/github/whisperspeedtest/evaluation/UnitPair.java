package io.github.whisperspeedtest.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Two normalized texts, divided into the units that are compared.
 *
 * @param unit the unit
 * @param reference units of the reference
 * @param hypothesis units of the hypothesis
 */
record UnitPair(ErrorRate.Unit unit, List<String> reference, List<String> hypothesis) {
    /** A character as readers see it. Source: {@code split_letters} of openai/whisper, {@code whisper/normalizers/basic.py}. */
    private static final Pattern CHARACTER = Pattern.compile("\\X");

    static UnitPair of(String reference, String hypothesis, String language) {
        TextNormalizer normalizer = TextNormalizer.forLanguage(language);
        ErrorRate.Unit unit = ErrorRate.Unit.forLanguage(language);
        return new UnitPair(
                unit, split(normalizer.normalize(reference), unit), split(normalizer.normalize(hypothesis), unit));
    }

    private static List<String> split(String text, ErrorRate.Unit unit) {
        return switch (unit) {
            case WORD -> TextRules.split(text);
            case CHARACTER ->
                CHARACTER
                        .matcher(text)
                        .results()
                        .map(MatchResult::group)
                        .filter(character -> !character.isBlank())
                        .toList();
        };
    }

    /** Returns a number for each unit of the reference, the same for equal units of both texts. */
    int[] referenceIds() {
        return ids(reference, idsByUnit());
    }

    /** Returns a number for each unit of the hypothesis, the same for equal units of both texts. */
    int[] hypothesisIds() {
        return ids(hypothesis, idsByUnit());
    }

    private Map<String, Integer> idsByUnit() {
        Map<String, Integer> ids = new HashMap<>();
        for (List<String> text : List.of(reference, hypothesis)) {
            for (String part : text) {
                ids.putIfAbsent(part, ids.size());
            }
        }
        return ids;
    }

    private static int[] ids(List<String> text, Map<String, Integer> ids) {
        return text.stream().mapToInt(ids::get).toArray();
    }
}
