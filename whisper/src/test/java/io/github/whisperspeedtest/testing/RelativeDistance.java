package io.github.whisperspeedtest.testing;

/** How far what was computed is from what should have been. */
public final class RelativeDistance {
    private RelativeDistance() {}

    /** Returns the size of the difference, relative to that of what is expected: root mean squares over all rows. */
    public static double of(float[][] actual, float[][] expected) {
        double difference = 0;
        double size = 0;
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                difference += Math.pow(actual[row][i] - expected[row][i], 2);
                size += Math.pow(expected[row][i], 2);
            }
        }
        return Math.sqrt(difference / size);
    }
}
