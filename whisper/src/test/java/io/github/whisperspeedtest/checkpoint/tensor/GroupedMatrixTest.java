package io.github.whisperspeedtest.checkpoint.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupedMatrixTest {
    private static final int COLUMNS = 64;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 8})
    void unpacksEveryCodeOfEachRow(int bits) {
        GroupedMatrix matrix = counting(bits, 3);
        byte[] row = new byte[COLUMNS];
        for (int r = 0; r < 3; r++) {
            matrix.unpack(r, row);
            for (int i = 0; i < COLUMNS; i++) {
                assertThat(Byte.toUnsignedInt(row[i]))
                        .as("code %d of row %d", i, r)
                        .isEqualTo(code(bits, r, i));
            }
        }
    }

    @Test
    void startsWithLowestBits() {
        // Computed by hand: 0b1010_0101 has the codes 5 and 10 at four bits, and 5, 4 and the lower two bits of the
        // next at three.
        GroupedMatrix four = matrix(4, new int[] {0x0000_00a5, 0, 0, 0, 0, 0, 0, 0}, 1);
        byte[] row = new byte[COLUMNS];
        four.unpack(0, row);
        assertThat(row).startsWith(5, 10, 0);

        GroupedMatrix three = matrix(3, new int[] {0x0000_01a5, 0, 0, 0, 0, 0}, 1);
        three.unpack(0, row);
        assertThat(row).startsWith(5, 4, 6, 0);
    }

    @Test
    void elementIsCodeTimesScalePlusBias() {
        Tensor tensor = Tensor.grouped(counting(4, 2));
        assertThat(tensor.type()).isEqualTo(DataType.F32);
        assertThat(tensor.shape()).containsExactly(2, COLUMNS);
        float[] part = new float[COLUMNS];
        tensor.copyTo(COLUMNS / 2, part);
        for (int i = 0; i < COLUMNS; i++) {
            int row = (COLUMNS / 2 + i) / COLUMNS;
            int column = (COLUMNS / 2 + i) % COLUMNS;
            float scale = 1 + 2 * row + column / 32;
            assertThat(part[i]).as("element %d", i).isEqualTo(scale * code(4, row, column) - scale / 4);
        }
        assertThat(tensor.data().order(ByteOrder.LITTLE_ENDIAN).getFloat(4 * (COLUMNS / 2)))
                .isEqualTo(part[0]);
    }

    @Test
    void rejectsInconsistentParts() {
        Tensor scales = floats(List.of(1, 2), 1, 1);
        assertThatThrownBy(() -> new GroupedMatrix(4, 32, words(new int[7], 1), scales, scales))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Codes U32[1, 7] of 4 bits in groups of 32");
        assertThatThrownBy(() -> new GroupedMatrix(4, 32, words(new int[8], 1), scales, floats(List.of(2, 1), 1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("biases [2, 1]");
        assertThatThrownBy(() -> new GroupedMatrix(9, 32, words(new int[18], 1), scales, scales))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("9 bits");
    }

    private static int code(int bits, int row, int column) {
        return (7 * column + row) & ((1 << bits) - 1);
    }

    /** Packs codes one bit after the other, and gives the groups of 32 the scales 1, 2, 3 … and biases of minus a quarter of those. */
    private static GroupedMatrix counting(int bits, int rows) {
        int words = COLUMNS * bits / 32;
        int[] packed = new int[rows * words];
        for (int row = 0; row < rows; row++) {
            for (int bit = 0; bit < COLUMNS * bits; bit++) {
                int set = code(bits, row, bit / bits) >> (bit % bits) & 1;
                packed[row * words + bit / 32] |= set << (bit % 32);
            }
        }
        return matrix(bits, packed, rows);
    }

    private static GroupedMatrix matrix(int bits, int[] packed, int rows) {
        float[] scales = new float[rows * 2];
        float[] biases = new float[rows * 2];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = 1 + i;
            biases[i] = -scales[i] / 4;
        }
        List<Integer> shape = List.of(rows, 2);
        return new GroupedMatrix(bits, 32, words(packed, rows), floats(shape, scales), floats(shape, biases));
    }

    private static StoredArray words(int[] words, int rows) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(words);
        return StoredArray.of("U32", List.of(rows, words.length / rows), bytes);
    }

    private static Tensor floats(List<Integer> shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new Tensor(DataType.F32, shape, bytes);
    }
}
