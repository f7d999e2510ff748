package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Turns the rows of a tensor into signed bytes, rounding as CTranslate2's converter does.
 *
 * <p>A row is what one index of the first dimension stands for. Its scale, which a weight is multiplied with to become a byte, is
 * 127 over its largest magnitude. Source: {@code _quantize} in model_spec.py of OpenNMT/CTranslate2.
 */
final class RowQuantizer {
    private static final float LARGEST = 127;
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private RowQuantizer() {}

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
            // The format has no scale for a row that stands for zeros whatever its bytes are.
            if (rowScales.length > 0 && rowScales[row] > 0) {
                stored.get(row * rowLength, bytes);
                scales.put(1 / rowScales[row]);
            } else {
                tensor.copyTo(row * rowLength, values);
                scales.put(quantize(name, values, bytes));
            }
            stream.write(bytes);
        }
    }

    private static float quantize(String name, float[] values, byte[] bytes) {
        float largest = 0;
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new ModelException("The model cannot be written as int8: tensor '" + name
                        + "' should have finite numbers only, but has " + value + ". Use another model.");
            }
            largest = Math.max(largest, Math.abs(value));
        }
        float scale = LARGEST / largest;
        if (Float.isInfinite(scale)) {
            scale = 1;
        }
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) Math.rint(values[i] * scale);
        }
        return scale;
    }

    /** Takes the scales of rows, one after the other. */
    interface Scales {
        void put(float value);
    }
}
