package io.github.whisperspeedtest.torch;

/** The size of a difference in relation to what was expected. */
final class RelativeError {
    private RelativeError() {}

    /** Returns the root of the mean squared difference, divided by that of the expected values; NaN if there is one among the values. */
    static double of(float[] values, float[] expected) {
        if (values.length != expected.length) {
            throw new IllegalArgumentException(values.length + " values instead of " + expected.length);
        }
        double difference = 0;
        double size = 0;
        for (int i = 0; i < values.length; i++) {
            double distance = (double) values[i] - expected[i];
            difference += distance * distance;
            size += (double) expected[i] * expected[i];
        }
        return Math.sqrt(difference / size);
    }
}
