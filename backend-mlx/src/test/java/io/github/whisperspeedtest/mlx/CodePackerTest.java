package io.github.whisperspeedtest.mlx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodePackerTest {
    /** Computed by hand. At three bits: 1 + 2·8 + 3·64 + 4·512 + 5·4096 + 6·2¹⁵ + 7·2¹⁸ = 2,054,353, which is 1f58d1 in base 16. */
    static Stream<Arguments> packed() {
        return Stream.of(
                arguments(2, new byte[] {3, 0, 1, 2}, new byte[] {(byte) 0b10_01_00_11}),
                arguments(3, new byte[] {1, 2, 3, 4, 5, 6, 7, 0}, new byte[] {(byte) 0xd1, 0x58, 0x1f}),
                arguments(4, new byte[] {1, 2, 15, 8}, new byte[] {0x21, (byte) 0x8f}),
                arguments(5, new byte[] {31, 0, 1, 0, 0, 0, 0, 16}, new byte[] {0x1f, 0x04, 0, 0, (byte) 0x80}),
                arguments(6, new byte[] {1, 2, 3, 63}, new byte[] {(byte) 0x81, 0x30, (byte) 0xfc}),
                arguments(8, new byte[] {7, (byte) 200}, new byte[] {7, (byte) 200}));
    }

    @ParameterizedTest
    @MethodSource("packed")
    void startsWithLowestBit(int bits, byte[] codes, byte[] expected) {
        ByteBuffer target = ByteBuffer.allocate(expected.length);

        CodePacker.pack(codes, bits, target);

        assertThat(target.array()).containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 8})
    void packedCodesRoundTrip(int bits) {
        Random random = new Random(bits);
        byte[] codes = new byte[64];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) random.nextInt(1 << bits);
        }
        ByteBuffer target = ByteBuffer.allocate(codes.length * bits / Byte.SIZE);

        CodePacker.pack(codes, bits, target);

        Tensor scales = new Tensor(DataType.F16, List.of(1, 1), ByteBuffer.allocate(2));
        GroupedMatrix matrix =
                new GroupedMatrix(bits, 64, StoredArray.of("U32", List.of(1, 2 * bits), target.flip()), scales, scales);
        byte[] unpacked = new byte[codes.length];
        matrix.unpack(0, unpacked);
        assertThat(unpacked).containsExactly(codes);
    }
}
