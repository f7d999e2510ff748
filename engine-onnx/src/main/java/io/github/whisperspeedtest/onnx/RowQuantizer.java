package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.checkpoint.Tensor;
import java.nio.ByteBuffer;

/** Quantises the rows of a matrix to signed bytes as CTranslate2 does: the largest magnitude of a row becomes 127. */
final class RowQuantizer {
    private static final int MAX_MAGNITUDE = 127;

    private RowQuantizer() {}

    /** Returns a matrix whose rows are signed bytes with a scale each: the tensor itself where it is one. */
    static Tensor quantize(Tensor tensor) {
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
            float largest = 0;
            for (float value : row) {
                largest = Math.max(largest, Math.abs(value));
            }
            // A row of zeros stays one whatever its scale is.
            scales[r] = largest == 0 ? 1 : largest / MAX_MAGNITUDE;
            for (int i = 0; i < rowLength; i++) {
                quantized[i] = (byte) Math.rint(row[i] / scales[r]);
            }
            bytes.put(quantized);
        }
        return Tensor.quantized(tensor.shape(), bytes.flip(), scales);
    }
}
