package io.github.whisperspeedtest.whispercpp.ggml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockQuantizerTest {
    private static final List<GgmlType> COLUMNS =
            List.of(GgmlType.Q4_0, GgmlType.Q4_1, GgmlType.Q5_0, GgmlType.Q5_1, GgmlType.Q8_0);

    /**
     * The blocks are the output of ggml's {@code quantize_row_*_ref} of whisper.cpp v1.7.1, compiled without fused multiply-add;
     * v1.9.3 gives the same. Among them are zeros of both signs, constants, ties, extremes of both signs, and values near both ends
     * of half precision.
     */
    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
    void packsSameBitsAsGgml(GgmlType type) throws IOException {
        List<String> lines = goldenLines();
        assertThat(lines).hasSize(24);
        for (String line : lines) {
            String[] fields = line.split(" ");
            float[] values = floats(fields[0]);
            String expected = fields[1 + COLUMNS.indexOf(type)];
            assertThat(quantize(type, values)).as(fields[0]).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
    void blocksFollowEachOther(GgmlType type) throws IOException {
        List<String> lines = goldenLines();
        String[] first = lines.get(20).split(" ");
        String[] second = lines.get(21).split(" ");
        int column = 1 + COLUMNS.indexOf(type);

        assertThat(quantize(type, floats(first[0] + second[0]))).isEqualTo(first[column] + second[column]);
    }

    @Test
    void needsWholeBlocks() {
        assertThatThrownBy(() -> quantize(GgmlType.Q8_0, new float[33])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rejectsUnknownTypes() {
        assertThatThrownBy(() -> quantize(GgmlType.Q4_K, new float[256])).isInstanceOf(IllegalArgumentException.class);
    }

    private static String quantize(GgmlType type, float[] values) {
        ByteBuffer target =
                ByteBuffer.allocate((int) type.byteCount(values.length)).order(ByteOrder.LITTLE_ENDIAN);
        BlockQuantizer.quantize(type, values, target);
        assertThat(target.hasRemaining()).isFalse();
        return HexFormat.of().formatHex(target.array());
    }

    private static float[] floats(String hex) {
        ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static List<String> goldenLines() throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(BlockQuantizerTest.class.getResourceAsStream("quantized-blocks.txt"))) {
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }
}
