package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;

/**
 * The elements of a quantised tensor, dequantised block by block on access.
 *
 * @param type a quantised type
 * @param blocks the bytes of all blocks, in row-major order
 */
record DequantizedBlocks(GgmlType type, StoredArray blocks) implements Tensor.Generator {
    @Override
    public void generate(long start, ByteBuffer target) {
        ByteBuffer source = blocks.data();
        int size = type.blockSize();
        float[] values = new float[size];
        int block = Math.toIntExact(start / size);
        int next = (int) (start % size);
        while (target.hasRemaining()) {
            BlockDequantizer.dequantize(type, source, block * type.blockBytes(), values);
            for (; next < size && target.hasRemaining(); next++) {
                target.putFloat(values[next]);
            }
            next = 0;
            block++;
        }
    }
}
