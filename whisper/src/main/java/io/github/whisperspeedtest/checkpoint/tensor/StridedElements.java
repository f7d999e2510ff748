package io.github.whisperspeedtest.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The elements of a view such as a transposed one, gathered in the order of its shape.
 *
 * @param span all elements from the view's first to its last, of {@link DataType#F32}, {@link DataType#F16} or {@link DataType#BF16}
 * @param shape size of each dimension, at least one
 * @param strides how many elements apart two neighbours of each dimension are
 */
public record StridedElements(Tensor span, List<Integer> shape, List<Long> strides) implements Tensor.Generator {
    @Override
    public void generate(long start, ByteBuffer target) {
        ByteBuffer source = span.data();
        int last = shape.size() - 1;
        int columns = shape.get(last);
        long next = start;
        while (target.hasRemaining()) {
            long at = position(next);
            long rowEnd = next - next % columns + columns;
            for (; next < rowEnd && target.hasRemaining(); next++) {
                put(source, (int) at, target);
                at += strides.get(last);
            }
        }
    }

    private long position(long index) {
        long position = 0;
        for (int i = shape.size() - 1; i >= 0; i--) {
            position += index % shape.get(i) * strides.get(i);
            index /= shape.get(i);
        }
        return position;
    }

    private void put(ByteBuffer source, int at, ByteBuffer target) {
        if (span.type() == DataType.F32) {
            target.putFloat(source.getFloat(at * Float.BYTES));
        } else {
            target.putShort(source.getShort(at * Short.BYTES));
        }
    }
}
