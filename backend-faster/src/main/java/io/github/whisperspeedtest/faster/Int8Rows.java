package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.tensor.RowQuantizer;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Writes the rows of a tensor as signed bytes, with one scale per row. */
final class Int8Rows {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private Int8Rows() {}

    /**
     * Writes a tensor's bytes, those of a quantised one as they are.
     *
     * @param name name of the tensor, for messages
     * @param scales takes the scale of each row
     * @throws ModelException if an element is not a finite number
     * @throws IOException if the stream fails
     */
    static void write(String name, Tensor tensor, OutputStream stream, Scales scales) throws IOException {
        int rows = tensor.shape().get(0);
        int rowLength = Math.toIntExact(tensor.elementCount() / rows);
        byte[] bytes = new byte[rowLength];
        float[] values = new float[rowLength];
        float[] rowScales = tensor.rowScales();
        ByteBuffer stored = rowScales.length > 0 ? tensor.data() : NONE;
        for (int row = 0; row < rows; row++) {
            // The format has no scale for an all-zero row.
            if (rowScales.length > 0 && rowScales[row] > 0) {
                stored.get(row * rowLength, bytes);
                scales.put(1 / rowScales[row]);
            } else {
                tensor.copyTo(row * rowLength, values);
                scales.put(RowQuantizer.quantize(name, values, bytes));
            }
            stream.write(bytes);
        }
    }

    /** Receives the scales of rows in order. */
    interface Scales {
        void put(float value);
    }
}
