package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes GGML files of every type, also of those that {@link GgmlWriter} does not write, with chosen bytes as weights. */
public final class GgmlTestFile {
    private GgmlTestFile() {}

    /** Makes the bytes of a tensor. */
    interface Weights {
        /** Fills a little-endian buffer. */
        void fill(String tensor, GgmlType type, ByteBuffer target);
    }

    /** Writes a file of one head and one layer that stores everything as f32. */
    public static Path writeF32(Path file) throws IOException {
        return write(file, small(64), GgmlFileType.F32, tokens(), (tensor, type, target) -> {});
    }

    /** Returns the dimensions of an English-only model with one layer in each part. */
    static ModelDimensions small(int width) {
        int heads = width / 64;
        return new ModelDimensions(80, 1500, width, heads, 1, 51864, 448, width, heads, 1);
    }

    /** Returns a vocabulary of the 256 bytes. */
    static List<byte[]> tokens() {
        List<byte[]> tokens = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            tokens.add(new byte[] {(byte) i});
        }
        return tokens;
    }

    /** Writes a file that is valid, whatever the weights. */
    static Path write(
            Path file, ModelDimensions dimensions, GgmlFileType fileType, List<byte[]> tokens, Weights weights)
            throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        putInts(head, GgmlFormat.MAGIC);
        putInts(head, GgmlFormat.header(dimensions, fileType));
        putInts(head, dimensions.nMels(), 201);
        head.write(new byte[dimensions.nMels() * 201 * Float.BYTES]);
        putInts(head, tokens.size());
        for (byte[] token : tokens) {
            putInts(head, token.length);
            head.write(token);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(head.toByteArray()));
            for (Map.Entry<String, List<Integer>> tensor :
                    TensorShapes.of(dimensions).entrySet()) {
                write(channel, tensor.getKey(), tensor.getValue(), fileType, weights);
            }
        }
        return file;
    }

    private static void write(
            FileChannel channel, String name, List<Integer> shape, GgmlFileType fileType, Weights weights)
            throws IOException {
        GgmlType type = fileType.typeOf(name, shape);
        List<Integer> sizes = GgmlFormat.sizes(name, shape);
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        putInts(head, sizes.size(), name.length(), type.id());
        putInts(head, sizes.stream().mapToInt(Integer::intValue).toArray());
        head.write(name.getBytes(StandardCharsets.US_ASCII));
        channel.write(ByteBuffer.wrap(head.toByteArray()));
        int elements = shape.stream().reduce(1, Math::multiplyExact);
        ByteBuffer data =
                ByteBuffer.allocate(Math.toIntExact(type.byteCount(elements))).order(ByteOrder.LITTLE_ENDIAN);
        weights.fill(name, type, data);
        channel.write(data.clear());
    }

    private static void putInts(ByteArrayOutputStream target, int... numbers) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(numbers);
        target.write(bytes.array());
    }
}
