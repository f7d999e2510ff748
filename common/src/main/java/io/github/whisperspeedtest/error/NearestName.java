package io.github.whisperspeedtest.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that a misspelt one most likely stands for. */
public final class NearestName {
    /** A name may have one mistake for this many of its characters. */
    private static final int CHARACTERS_PER_MISTAKE = 3;

    private NearestName() {}

    /** Returns the nearest known name, empty if none is near or the name itself is known. Case does not count. */
    public static Optional<String> of(String name, Collection<String> known) {
        if (known.contains(name)) {
            return Optional.empty();
        }
        return known.stream()
                .filter(candidate -> distance(name, candidate) <= allowed(name, candidate))
                .min(Comparator.comparingInt((String candidate) -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Returns the question whether the nearest known name is meant, after a space; empty where none is near. */
    public static String question(String name, Collection<String> known) {
        return of(name, known)
                .map(nearest -> " Did you mean '" + nearest + "'?")
                .orElse("");
    }

    private static int allowed(String name, String candidate) {
        return Math.max(1, Math.min(name.length(), candidate.length()) / CHARACTERS_PER_MISTAKE);
    }

    /** Returns the number of insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
    private static int distance(String first, String second) {
        String a = first.toLowerCase(Locale.ROOT);
        String b = second.toLowerCase(Locale.ROOT);
        int[][] distances = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                distances[i][j] = i == 0 ? j : j == 0 ? i : step(distances, a, b, i, j);
            }
        }
        return distances[a.length()][b.length()];
    }

    private static int step(int[][] distances, String a, String b, int i, int j) {
        int substitution = distances[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int nearest = Math.min(substitution, 1 + Math.min(distances[i - 1][j], distances[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(nearest, distances[i - 2][j - 2] + 1) : nearest;
    }
}
