package io.github.whisperspeedtest.testing;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Quantizes matrices in groups, for tests.
 *
 * @param bits bits of a code
 * @param groupSize elements of a group
 * @param stored type of scales and biases: F32, F16 or BF16
 * @param bias choice of the biases
 */
public record AffineQuantizer(int bits, int groupSize, DataType stored, Bias bias) {
    /** Choice of the biases. */
    public enum Bias {
        /** Multiples of the scale before both are rounded, so that one code represents zero, as in MLX. */
        MULTIPLE_OF_SCALE,
        /** The least element of the group. */
        MINIMUM
    }

    /** Returns a checkpoint in which the linear layers whose weight names match are quantized. */
    public Checkpoint quantize(Checkpoint checkpoint, Predicate<String> chosen) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        checkpoint.tensors().forEach((name, tensor) -> {
            boolean linear = name.endsWith(".weight") && tensor.shape().size() == 2;
            tensors.put(name, linear && chosen.test(name) ? quantize(tensor) : tensor);
        });
        return new Checkpoint(checkpoint.dimensions(), tensors, checkpoint.tokenizer(), checkpoint.generation());
    }

    /** Quantises a matrix. */
    public Tensor quantize(Tensor matrix) {
        int rows = matrix.shape().get(0);
        int columns = matrix.shape().get(1);
        float[] elements = new float[rows * columns];
        matrix.copyTo(0, elements);
        byte[] codes = new byte[elements.length];
        float[] scales = new float[elements.length / groupSize];
        float[] biases = new float[scales.length];
        for (int group = 0; group < scales.length; group++) {
            quantizeGroup(elements, group, codes, scales, biases);
        }
        return tensor(rows, columns, codes, scales, biases);
    }

    private void quantizeGroup(float[] elements, int group, byte[] codes, float[] scales, float[] biases) {
        int from = group * groupSize;
        float least = Float.POSITIVE_INFINITY;
        float greatest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + groupSize; i++) {
            least = Math.min(least, elements[i]);
            greatest = Math.max(greatest, elements[i]);
        }
        int steps = (1 << bits) - 1;
        float scale = Math.max((greatest - least) / steps, 1e-7f);
        float edge = least;
        if (bias == Bias.MULTIPLE_OF_SCALE) {
            edge = Math.abs(least) > Math.abs(greatest) ? least : greatest;
            scale = edge == least ? scale : -scale;
            float zero = Math.round(edge / scale);
            scale = zero == 0 ? scale : edge / zero;
            edge = zero == 0 ? 0 : edge;
        }
        scales[group] = scale;
        biases[group] = edge;
        for (int i = from; i < from + groupSize; i++) {
            codes[i] = (byte) Math.max(0, Math.min(steps, Math.round((elements[i] - edge) / scale)));
        }
    }

    /**
     * Creates a matrix from its parts.
     *
     * @param codes unsigned, one for each element
     * @param scales one for each group
     * @param biases one for each group
     */
    public Tensor tensor(int rows, int columns, byte[] codes, float[] scales, float[] biases) {
        int words = columns * bits / Integer.SIZE;
        ByteBuffer packed = ByteBuffer.allocate(rows * words * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long held = 0;
        int heldBits = 0;
        for (byte code : codes) {
            held |= (long) Byte.toUnsignedInt(code) << heldBits;
            heldBits += bits;
            if (heldBits >= Integer.SIZE) {
                packed.putInt((int) held);
                held >>>= Integer.SIZE;
                heldBits -= Integer.SIZE;
            }
        }
        List<Integer> groups = List.of(rows, columns / groupSize);
        return Tensor.grouped(new GroupedMatrix(
                bits,
                groupSize,
                StoredArray.of("U32", List.of(rows, words), packed.flip()),
                stored(groups, scales),
                stored(groups, biases)));
    }

    private Tensor stored(List<Integer> shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * stored.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (stored) {
                case F32 -> bytes.putFloat(value);
                case F16 -> bytes.putShort(HalfFloats.fromFloat(value));
                // To nearest: without infinities among the weights nothing overflows.
                case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) + 0x8000 >> 16));
                case I8 -> throw new IllegalArgumentException("Scales are floating-point numbers");
            }
        }
        return new Tensor(stored, shape, bytes.flip());
    }
}
