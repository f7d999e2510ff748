package io.github.whisperspeedtest.hub;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds known names that are similar to an unknown one. */
final class SimilarNames {
    private static final int MOST = 3;

    private SimilarNames() {}

    /** Returns a sentence with the nearest names; nothing if there are none, or the name itself is known and so not misspelt. */
    static String hint(String name, Collection<String> known) {
        if (known.contains(name)) {
            return "";
        }
        List<String> nearest = known.stream()
                .sorted(Comparator.comparingInt((String candidate) -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(MOST)
                .map(HubNames::printable)
                .toList();
        return nearest.isEmpty() ? "" : " The nearest names known: " + String.join(", ", nearest) + ".";
    }

    /** Returns how many characters must change, come or go (Levenshtein), capitals aside. */
    private static int distance(String first, String second) {
        String a = first.toLowerCase(Locale.ROOT);
        String b = second.toLowerCase(Locale.ROOT);
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
