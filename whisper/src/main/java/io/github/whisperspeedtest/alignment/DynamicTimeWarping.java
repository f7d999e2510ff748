package io.github.whisperspeedtest.alignment;

import java.util.Arrays;

/**
 * Finds the cheapest path through a matrix from the first to the last corner, with steps down, right or diagonal.
 *
 * <p>Source: {@code dtw} in openai/whisper's {@code timing.py}. Ties prefer a step to the right.
 */
final class DynamicTimeWarping {
    private static final byte DIAGONAL = 0;
    private static final byte DOWN = 1;
    private static final byte RIGHT = 2;

    private DynamicTimeWarping() {}

    /**
     * Returns for each row the first column at which the cheapest path enters it.
     *
     * @param costs {@code [row][column]}, at least one of each
     */
    static int[] firstColumns(float[][] costs) {
        byte[][] steps = steps(costs);
        int row = costs.length - 1;
        int column = costs[0].length - 1;
        int[] first = new int[costs.length];
        first[row] = column;
        while (row > 0 || column > 0) {
            byte step = row == 0 ? RIGHT : column == 0 ? DOWN : steps[row][column];
            if (step != RIGHT) {
                row--;
            }
            if (step != DOWN) {
                column--;
            }
            first[row] = column;
        }
        return first;
    }

    /** Returns the step by which the cheapest path reaches each cell. */
    private static byte[][] steps(float[][] costs) {
        int columns = costs[0].length;
        byte[][] steps = new byte[costs.length][columns];
        // One row of totals and the one above it, with a column before the first.
        float[] above = new float[columns + 1];
        float[] totals = new float[columns + 1];
        Arrays.fill(above, Float.POSITIVE_INFINITY);
        above[0] = 0;
        for (int row = 0; row < costs.length; row++) {
            totals[0] = Float.POSITIVE_INFINITY;
            for (int column = 0; column < columns; column++) {
                float diagonal = above[column];
                float down = above[column + 1];
                float right = totals[column];
                float cheapest;
                if (diagonal < down && diagonal < right) {
                    cheapest = diagonal;
                    steps[row][column] = DIAGONAL;
                } else if (down < diagonal && down < right) {
                    cheapest = down;
                    steps[row][column] = DOWN;
                } else {
                    cheapest = right;
                    steps[row][column] = RIGHT;
                }
                totals[column + 1] = costs[row][column] + cheapest;
            }
            float[] swap = above;
            above = totals;
            totals = swap;
        }
        return steps;
    }
}
