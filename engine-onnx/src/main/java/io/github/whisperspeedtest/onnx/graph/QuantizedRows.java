package io.github.whisperspeedtest.onnx.graph;

import io.github.whisperspeedtest.checkpoint.tensor.RowQuantizer;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;

/** Quantizes a matrix to signed bytes with a scale for each row, in native memory. */
final class QuantizedRows {
    private QuantizedRows() {}

    /**
     * Returns the quantized matrix; the same one if it is already quantized.
     *
     * @param name name of the matrix, for messages
     */
    public static Tensor of(String name, Tensor tensor) {
        if (WeightBuffers.isRowQuantized(tensor)) {
            return tensor;
        }
        int rows = tensor.shape().get(0);
        int rowLength = Math.toIntExact(tensor.elementCount() / rows);
        ByteBuffer bytes = WeightBuffers.allocate(tensor.elementCount());
        float[] scales = new float[rows];
        float[] row = new float[rowLength];
        byte[] quantized = new byte[rowLength];
        for (int r = 0; r < rows; r++) {
            tensor.copyTo(r * rowLength, row);
            scales[r] = 1 / RowQuantizer.quantize(name, row, quantized);
            bytes.put(quantized);
        }
        return Tensor.quantized(tensor.shape(), bytes.flip(), scales);
    }
}
