package io.github.whisperspeedtest.whispercpp.ggml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Blocks of ggml with their values.
 *
 * @param type how the blocks are stored
 * @param blocks whole blocks
 * @param values their values
 */
record BlockSamples(GgmlType type, byte[] blocks, float[] values) {
    /** Returns the samples of a type: blocks that ggml made, and blocks with random bits. */
    static List<BlockSamples> of(GgmlType type) {
        try (InputStream stream =
                Objects.requireNonNull(BlockSamples.class.getResourceAsStream("dequantized-blocks.txt"))) {
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.startsWith(type.label() + " "))
                    .map(line -> line.split(" "))
                    .map(fields -> new BlockSamples(type, HexFormat.of().parseHex(fields[1]), floats(fields[2])))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] floats(String hex) {
        ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
