package io.github.whisperspeedtest.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DynamicTimeWarpingTest {
    @Test
    void followsCheapestCells() {
        float[][] costs = {
            {0, 0, 9, 9, 9},
            {9, 9, 0, 9, 9},
            {9, 9, 9, 0, 0},
        };
        assertThat(DynamicTimeWarping.firstColumns(costs)).containsExactly(0, 2, 3);
    }

    @Test
    void singleRowStartsAtFirstColumn() {
        assertThat(DynamicTimeWarping.firstColumns(new float[][] {{3, 1, 2}})).containsExactly(0);
    }

    @Test
    void rowsShareColumnsIfThereAreMoreRows() {
        assertThat(DynamicTimeWarping.firstColumns(new float[][] {{1}, {1}, {1}}))
                .containsExactly(0, 0, 0);
    }

    /** A path through the returned columns costs no more than the cheapest path. */
    @Test
    void findsCheapestPath() {
        Random random = new Random(9);
        for (int round = 0; round < 300; round++) {
            int rows = 1 + random.nextInt(5);
            int columns = 1 + random.nextInt(6);
            float[][] costs = new float[rows][columns];
            for (float[] row : costs) {
                for (int i = 0; i < columns; i++) {
                    row[i] = random.nextFloat() * 2 - 1;
                }
            }
            double best = cheapest(costs, 0, 0, null);
            assertThat(cheapest(costs, 0, 0, DynamicTimeWarping.firstColumns(costs)))
                    .isCloseTo(best, within(1e-5));
        }
    }

    /** Returns the cost of the cheapest path from a cell to the last one by trying all paths, optionally only those with given entries. */
    private static double cheapest(float[][] costs, int row, int column, int[] entries) {
        if (row == costs.length - 1 && column == costs[0].length - 1) {
            return costs[row][column];
        }
        double best = Double.POSITIVE_INFINITY;
        if (column + 1 < costs[0].length) {
            best = Math.min(best, cheapest(costs, row, column + 1, entries));
        }
        for (int step = 0; step <= 1 && row + 1 < costs.length; step++) {
            boolean inside = column + step < costs[0].length;
            if (inside && (entries == null || entries[row + 1] == column + step)) {
                best = Math.min(best, cheapest(costs, row + 1, column + step, entries));
            }
        }
        return best + costs[row][column];
    }
}
