package io.github.whisperspeedtest.mlx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.error.ModelException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupQuantizerTest {
    /** Shorter than MLX's groups, so that results can be computed by hand. */
    private static final int GROUP = 4;

    /**
     * Two bits give the codes 0 to 3, which are three steps apart from minimum to maximum.
     *
     * <p>Fifth row: at 16 bits, 0.9 is 0.89990234375 and the range is 1.5. The extreme is 1.7998 steps of 0.5, which rounds to two, so the
     * new step is half of the extreme. The last number is 3.33 of these steps away, beyond the last code. Sixth row: the extreme is 1.5
     * steps of one sixth, which also rounds to two.
     */
    static Stream<Arguments> groups() {
        return Stream.of(
                arguments(row(-1, -0.5f, 0, 0.5f), 0.5f, -1f, codes(0, 1, 2, 3)),
                arguments(row(1, 0.5f, 0, -0.5f), -0.5f, 1f, codes(0, 1, 2, 3)),
                arguments(row(-1, -0.75f, -0.25f, 0.5f), 0.5f, -1f, codes(0, 0, 2, 3)),
                arguments(row(0.5f, -0.25f, 0.25f, -1), 0.5f, -1f, codes(3, 2, 2, 0)),
                arguments(row(0.9f, 0.4f, 0.2f, -0.6f), -0.449951171875f, 0.89990234375f, codes(0, 1, 2, 3)),
                arguments(row(0.25f, 0.25f, -0.25f, -0.25f), -0.125f, 0.25f, codes(0, 0, 3, 3)),
                arguments(row(1, 1, 1, 1), -0x1p-23f, 1f, codes(0, 0, 0, 0)),
                arguments(row(0, 0, 0, 0), -0x1p-23f, 0f, codes(0, 0, 0, 0)));
    }

    @ParameterizedTest
    @MethodSource("groups")
    void quantizesGroupToTwoBits(float[] row, float scale, float bias, byte[] expected) {
        byte[] codes = new byte[GROUP];
        short[] scales = new short[1];
        short[] biases = new short[1];

        new GroupQuantizer(new Grouping(2, GROUP)).quantize("x", row, codes, scales, biases);

        assertThat(codes).containsExactly(expected);
        assertThat(HalfFloats.toFloat(scales[0])).isEqualTo(scale);
        assertThat(HalfFloats.toFloat(biases[0])).isEqualTo(bias);
    }

    @Test
    void eachGroupHasItsOwnScale() {
        byte[] codes = new byte[2 * GROUP];
        short[] scales = new short[2];
        short[] biases = new short[2];

        new GroupQuantizer(new Grouping(2, GROUP))
                .quantize("x", row(-1, -0.5f, 0, 0.5f, 8, 4, 0, -4), codes, scales, biases);

        assertThat(codes).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
        assertThat(HalfFloats.toFloat(scales[0])).isEqualTo(0.5f);
        assertThat(HalfFloats.toFloat(scales[1])).isEqualTo(-4);
        assertThat(HalfFloats.toFloat(biases[0])).isEqualTo(-1);
        assertThat(HalfFloats.toFloat(biases[1])).isEqualTo(8);
    }

    /** The error is at most one step if the extreme is rounded to a multiple of the step, and half a step otherwise. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 8})
    void dequantizedValuesAreWithinOneStep(int bits) {
        Random random = new Random(bits);
        for (int groupSize : new int[] {32, 64, 128}) {
            float[] row = new float[256];
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) random.nextGaussian();
            }
            float[] before = row.clone();
            byte[] codes = new byte[row.length];
            short[] scales = new short[row.length / groupSize];
            short[] biases = new short[row.length / groupSize];

            new GroupQuantizer(new Grouping(bits, groupSize)).quantize("x", row, codes, scales, biases);

            for (int i = 0; i < row.length; i++) {
                float scale = HalfFloats.toFloat(scales[i / groupSize]);
                float bias = HalfFloats.toFloat(biases[i / groupSize]);
                int code = Byte.toUnsignedInt(codes[i]);
                assertThat(code).isLessThan(1 << bits);
                assertThat(code * scale + bias).isCloseTo(before[i], within(1.01f * Math.abs(scale)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 65520})
    void rejectsNumbersOutsideFloat16(float value) {
        assertThatThrownBy(() -> new GroupQuantizer(new Grouping(4, GROUP))
                        .quantize(
                                "decoder.blocks.0.mlp.0.weight",
                                row(1, 2, value, 3),
                                new byte[GROUP],
                                new short[1],
                                new short[1]))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'decoder.blocks.0.mlp.0.weight'")
                .hasMessageContaining("but has " + value)
                .hasMessageEndingWith("Use another model.");
    }

    private static float[] row(float... values) {
        return values;
    }

    private static byte[] codes(int... values) {
        byte[] codes = new byte[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) values[i];
        }
        return codes;
    }
}
