package io.github.whisperspeedtest.network;

import java.util.Arrays;

/** Computes the windows that remain after a selection of sequences, for implementations of {@link DecoderSession#select}. */
public final class SelectedWindows {
    private SelectedWindows() {}

    /**
     * Returns rising indexes of the windows that keep sequences.
     *
     * @param parents as {@link DecoderSession#select} takes them
     * @param perWindow how many sequences each window has before
     * @throws IllegalArgumentException if they are not ordered by window, or windows would keep unequally many
     */
    public static int[] of(int[] parents, int perWindow) {
        int[] kept = Arrays.stream(parents)
                .map(parent -> parent / perWindow)
                .distinct()
                .toArray();
        if (!isOrdered(parents, perWindow, kept)) {
            throw new IllegalArgumentException(
                    "Windows must keep equally many sequences, in order of the windows, but the parents are "
                            + Arrays.toString(parents) + " with " + perWindow + " for each window");
        }
        return kept;
    }

    private static boolean isOrdered(int[] parents, int perWindow, int[] kept) {
        if (kept.length == 0 || parents.length % kept.length != 0) {
            return false;
        }
        int newPerWindow = parents.length / kept.length;
        for (int i = 0; i < parents.length; i++) {
            boolean isRising = i == 0 || parents[i] / perWindow >= parents[i - 1] / perWindow;
            if (!isRising || parents[i] / perWindow != kept[i / newPerWindow]) {
                return false;
            }
        }
        return true;
    }
}
