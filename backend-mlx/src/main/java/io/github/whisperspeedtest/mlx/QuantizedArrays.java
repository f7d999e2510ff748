package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsWriter.Array;
import io.github.whisperspeedtest.checkpoint.tensor.ElementWriter;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * The three arrays of a layer that is quantized while being written.
 *
 * <p>Scales and biases are known once the codes have been written, and are kept until they are written themselves.
 * Therefore the codes come first, and each layer is written completely before the next one.
 */
final class QuantizedArrays {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Rows are written in slices of about this size. */
    private static final int SLICE_BYTES = 1 << 16;

    private final String name;
    private final Tensor tensor;
    private final Grouping grouping;
    private final int rows;
    private final int columns;
    private ByteBuffer scales = NOTHING;
    private ByteBuffer biases = NOTHING;

    /**
     * Names what is quantised.
     *
     * @param name name of the tensor, for messages
     * @param tensor a matrix whose rows are whole groups
     */
    QuantizedArrays(String name, Tensor tensor, Grouping grouping) {
        this.name = name;
        this.tensor = tensor;
        this.grouping = grouping;
        this.rows = tensor.shape().get(0);
        this.columns = tensor.shape().get(1);
    }

    Array codes() {
        return new Array("U32", List.of(rows, columns / Integer.SIZE * grouping.bits()), this::writeCodes);
    }

    Array scales() {
        return new Array("F16", groups(), channel -> {
            ElementWriter.writeAll(scales, channel);
            scales = NOTHING;
        });
    }

    Array biases() {
        return new Array("F16", groups(), channel -> {
            ElementWriter.writeAll(biases, channel);
            biases = NOTHING;
        });
    }

    private List<Integer> groups() {
        return List.of(rows, columns / grouping.groupSize());
    }

    private void writeCodes(WritableByteChannel channel) throws IOException {
        GroupQuantizer quantizer = new GroupQuantizer(grouping);
        int rowBytes = columns / Byte.SIZE * grouping.bits();
        int rowGroups = columns / grouping.groupSize();
        float[] row = new float[columns];
        byte[] codes = new byte[columns];
        short[] rowScales = new short[rowGroups];
        short[] rowBiases = new short[rowGroups];
        ByteBuffer packed = ByteBuffer.allocate(Math.max(rowBytes, SLICE_BYTES));
        scales = halves(rows * rowGroups);
        biases = halves(rows * rowGroups);
        for (int i = 0; i < rows; i++) {
            tensor.copyTo(i * columns, row);
            quantizer.quantize(name, row, codes, rowScales, rowBiases);
            if (packed.remaining() < rowBytes) {
                ElementWriter.writeAll(packed.flip(), channel);
                packed.clear();
            }
            CodePacker.pack(codes, grouping.bits(), packed);
            for (int group = 0; group < rowGroups; group++) {
                scales.putShort(rowScales[group]);
                biases.putShort(rowBiases[group]);
            }
        }
        ElementWriter.writeAll(packed.flip(), channel);
        scales.flip();
        biases.flip();
    }

    private static ByteBuffer halves(int count) {
        return ByteBuffer.allocate(count * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
