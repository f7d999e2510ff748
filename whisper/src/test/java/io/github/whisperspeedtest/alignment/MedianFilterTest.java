package io.github.whisperspeedtest.alignment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MedianFilterTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7, 8, 13, 1500})
    void usesMirroredNeighboursAtEdges(int length) {
        Random random = new Random(length);
        float[] row = new float[length];
        for (int i = 0; i < length; i++) {
            // Few distinct values, so that many are equal.
            row[i] = random.nextInt(5);
        }
        assertThat(filter(row)).containsExactly(expected(row));
    }

    @Test
    void removesSpike() {
        assertThat(filter(new float[] {1, 1, 1, 1, 9, 1, 1, 1, 1})).containsOnly(1);
    }

    @Test
    void leavesShortRowsUnchanged() {
        assertThat(filter(new float[] {3, 1, 2})).containsExactly(3, 1, 2);
        assertThat(filter(new float[] {5})).containsExactly(5);
    }

    private static float[] filter(float[] row) {
        float[] target = new float[row.length];
        new MedianFilter(7).apply(row, target);
        return target;
    }

    /** By the definition, with a padded copy. */
    private static float[] expected(float[] row) {
        float[] padded = new float[row.length + 6];
        System.arraycopy(row, 0, padded, 3, row.length);
        for (int i = 0; i < 3; i++) {
            padded[2 - i] = row[1 + i];
            padded[row.length + 3 + i] = row[row.length - 2 - i];
        }
        float[] medians = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            float[] around = Arrays.copyOfRange(padded, i, i + 7);
            Arrays.sort(around);
            medians[i] = around[3];
        }
        return medians;
    }
}
