package io.github.whisperspeedtest.spark;

import java.util.Locale;

/** Compares texts word by word. */
final class WordErrors {
    private WordErrors() {}

    /** Returns the words to insert, delete and replace for each word of the expected text, without case and punctuation. */
    static double rate(String expected, String actual) {
        String[] from = words(expected);
        String[] to = words(actual);
        int[] costs = new int[to.length + 1];
        for (int j = 0; j <= to.length; j++) {
            costs[j] = j;
        }
        for (int i = 1; i <= from.length; i++) {
            int diagonal = costs[0];
            costs[0] = i;
            for (int j = 1; j <= to.length; j++) {
                int replaced = diagonal + (from[i - 1].equals(to[j - 1]) ? 0 : 1);
                diagonal = costs[j];
                costs[j] = Math.min(replaced, Math.min(costs[j], costs[j - 1]) + 1);
            }
        }
        return (double) costs[to.length] / from.length;
    }

    private static String[] words(String text) {
        return text.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}' ]", " ")
                .strip()
                .split("\\s+");
    }
}
