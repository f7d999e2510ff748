package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * An array or a single number in {@code model.bin}.
 *
 * @param type type of the elements
 * @param shape size of each dimension, the slowest first; empty for a single number
 * @param region exactly the elements, little-endian
 * @param number the value of a single number
 */
record Variable(VariableType type, List<Integer> shape, FileRegion region, double number) {
    Variable {
        shape = List.copyOf(shape);
    }

    boolean isNumber() {
        return shape.isEmpty();
    }

    /** Returns a part of the elements. */
    FileRegion rows(int start, int count) {
        int rowBytes = region.length() / shape.get(0);
        return new FileRegion(region.file(), region.offset() + (long) start * rowBytes, count * rowBytes);
    }

    /** Returns the elements of an array of {@link VariableType#FLOAT32}. */
    float[] floats() throws IOException {
        float[] floats = new float[region.length() / Float.BYTES];
        map().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    /** Returns whether another variable has the same elements. */
    boolean isSame(Variable other) throws IOException {
        return this == other || type == other.type && shape.equals(other.shape) && map().equals(other.map());
    }

    private ByteBuffer map() throws IOException {
        try (FileChannel channel = FileChannel.open(region.file(), StandardOpenOption.READ)) {
            return channel.map(MapMode.READ_ONLY, region.offset(), region.length());
        }
    }
}
