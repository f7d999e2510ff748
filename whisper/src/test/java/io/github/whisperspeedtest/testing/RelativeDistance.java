package io.github.whisperspeedtest.testing;

/** The distance of computed from expected values. */
public final class RelativeDistance {
    private RelativeDistance() {}

    /** Returns the root mean square of the difference over all rows, relative to that of the expected values. */
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
