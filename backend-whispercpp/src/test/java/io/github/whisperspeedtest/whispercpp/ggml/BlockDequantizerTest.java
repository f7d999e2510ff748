package io.github.whisperspeedtest.whispercpp.ggml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class BlockDequantizerTest {
    /** The values were computed by another program from the formulas, and that program agrees with ggml to the bit. */
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"F32", "F16"})
    void unpacksSameBitsAsGgml(GgmlType type) {
        List<BlockSamples> samples = BlockSamples.of(type);
        assertThat(samples).hasSize(2);
        for (BlockSamples sample : samples) {
            assertThat(generate(sample, 0, sample.values().length)).isEqualTo(bits(sample.values()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Q5_1", "Q3_K"})
    void startsAndEndsWithinBlocks(GgmlType type) {
        BlockSamples one = BlockSamples.of(type).get(0);
        BlockSamples other = BlockSamples.of(type).get(1);
        int count = one.values().length;
        byte[] blocks = Arrays.copyOf(one.blocks(), 2 * one.blocks().length);
        System.arraycopy(other.blocks(), 0, blocks, one.blocks().length, other.blocks().length);
        float[] values = Arrays.copyOf(one.values(), 2 * count);
        System.arraycopy(other.values(), 0, values, count, count);
        BlockSamples both = new BlockSamples(type, blocks, values);

        for (int start : new int[] {0, 1, 31, count - 1, count, count + 5}) {
            assertThat(generate(both, start, count - 7))
                    .as("from %d", start)
                    .isEqualTo(bits(Arrays.copyOfRange(values, start, start + count - 7)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16"})
    void rejectsTypesWithoutBlocks(GgmlType type) {
        assertThatThrownBy(() -> BlockDequantizer.dequantize(type, ByteBuffer.allocate(4), 0, new float[1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static int[] generate(BlockSamples sample, int start, int count) {
        ByteBuffer target = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        StoredArray blocks = StoredArray.of("U8", List.of(sample.blocks().length), ByteBuffer.wrap(sample.blocks()));
        new DequantizedBlocks(sample.type(), blocks).generate(start, target);
        assertThat(target.hasRemaining()).isFalse();
        int[] bits = new int[count];
        target.flip().asIntBuffer().get(bits);
        return bits;
    }

    /** Bits tell zeros of both signs apart. */
    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }
}
