package io.github.whisperspeedtest.mlx.bindings;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An operation of the network with inputs and the result that it must have.
 *
 * @param operation what it is called in messages, such as {@code product}
 * @param rows number of rows of the result
 * @param columns number of columns of the result
 * @param result makes the result, an array of as many elements as that
 * @param expected computes the result in Java; elements that are not compared are NaN
 */
record ProbeCase(
        String operation, int rows, int columns, Function<MlxGraph, MlxArray> result, Supplier<float[][]> expected) {
    /** Returns a name with the number of rows. */
    String name() {
        return operation + " of " + rows + (rows == 1 ? " row" : " rows");
    }

    /**
     * Returns how wrong a result is: the largest difference of an element, measured by the root mean square of the expected elements.
     *
     * @return infinity if an element is not a number
     */
    double error(float[][] actual) {
        float[][] wanted = expected.get();
        double largest = 0;
        double squares = 0;
        long count = 0;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float value = wanted[row][column];
                if (!Float.isNaN(value)) {
                    double difference = Math.abs(actual[row][column] - value);
                    largest = Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
                    squares += (double) value * value;
                    count++;
                }
            }
        }
        return largest / Math.sqrt(squares / count);
    }
}
