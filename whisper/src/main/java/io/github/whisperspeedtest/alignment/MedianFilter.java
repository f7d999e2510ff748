package io.github.whisperspeedtest.alignment;

/**
 * Replaces each value by the median of those around it; beyond the ends the values are mirrored.
 *
 * <p>Source: {@code median_filter} in openai/whisper's {@code timing.py}. A row too short to be mirrored stays as it is.
 */
final class MedianFilter {
    private final int reach;
    private final float[] sorted;

    /**
     * Creates a filter.
     *
     * @param width how many values a median is taken of, odd
     */
    MedianFilter(int width) {
        reach = width / 2;
        sorted = new float[width];
    }

    /** Filters one row into another of the same length. */
    void apply(float[] row, float[] target) {
        int length = row.length;
        if (length <= reach) {
            System.arraycopy(row, 0, target, 0, length);
            return;
        }
        int filled = 0;
        for (int i = -reach; i <= reach; i++) {
            insert(row[mirrored(i, length)], filled++);
        }
        target[0] = sorted[reach];
        for (int i = 1; i < length; i++) {
            remove(row[mirrored(i - 1 - reach, length)]);
            insert(row[mirrored(i + reach, length)], sorted.length - 1);
            target[i] = sorted[reach];
        }
    }

    private static int mirrored(int index, int length) {
        int positive = Math.abs(index);
        return positive < length ? positive : 2 * (length - 1) - positive;
    }

    private void insert(float value, int count) {
        int at = count;
        while (at > 0 && sorted[at - 1] > value) {
            sorted[at] = sorted[at - 1];
            at--;
        }
        sorted[at] = value;
    }

    private void remove(float value) {
        int at = 0;
        while (at < sorted.length - 1 && sorted[at] != value) {
            at++;
        }
        System.arraycopy(sorted, at + 1, sorted, at, sorted.length - 1 - at);
    }
}
