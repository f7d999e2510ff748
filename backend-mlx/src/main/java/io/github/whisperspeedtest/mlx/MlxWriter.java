package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.Sinusoids;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsWriter;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsWriter.Array;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.ElementWriter;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the weights like mlx-examples' converter: linear layers and the token embedding are quantized, all others are
 * float16.
 *
 * <p>Layers that already have the requested quantization keep their codes, scales and biases bit for bit. Tensors are
 * converted row by row, so the largest model needs no more memory than the smallest. Source: whisper/convert.py of
 * ml-explore/mlx-examples.
 */
final class MlxWriter {
    /** The format metadata that MLX itself writes. */
    private static final String FORMAT = "mlx";

    /** What a sine near one loses where it is cut off to bfloat16, the coarsest type that it may have been stored in. */
    private static final float POSITION_TOLERANCE = 1 / 256f;

    private final Checkpoint checkpoint;
    private final Optional<Grouping> grouping;
    private final Map<String, Array> arrays = new LinkedHashMap<>();

    private MlxWriter(Checkpoint checkpoint, Optional<Grouping> grouping) {
        this.checkpoint = checkpoint;
        this.grouping = grouping;
    }

    /**
     * Writes a file that does not exist yet.
     *
     * @param grouping how layers are quantised, empty where they are not
     * @throws io.github.whisperspeedtest.error.ModelException if the checkpoint lacks tensors that its dimensions
     *     require, or a weight to be quantised is not finite
     * @throws IOException if the disk fails
     */
    static void write(Checkpoint checkpoint, Optional<Grouping> grouping, Path file) throws IOException {
        TensorShapes.check("The model to be written to " + file, checkpoint);
        SafetensorsWriter.write(file, FORMAT, new MlxWriter(checkpoint, grouping).arrays());
    }

    private Map<String, Array> arrays() {
        for (String name : TensorShapes.of(checkpoint.dimensions()).keySet()) {
            put(name, Objects.requireNonNull(checkpoint.tensors().get(name), name));
        }
        putAlignmentHeads();
        return arrays;
    }

    private void put(String tensorName, Tensor tensor) {
        String name = MlxNames.of(tensorName);
        if (tensorName.equals(MlxNames.POSITIONS)) {
            if (!isSinusoids(tensor)) {
                arrays.put(MlxNames.OWN_POSITIONS, halves(tensor));
            }
        } else if (MlxNames.isKernel(tensor.shape())) {
            List<Integer> shape = MlxNames.shape(tensor.shape());
            arrays.put(name, new Array(DataType.F16.name(), shape, channel -> writeKernel(tensor, channel)));
        } else if (grouping.isPresent() && MlxNames.isQuantizable(name, tensor.shape())) {
            putGrouped(tensorName, name, tensor, grouping.get());
        } else {
            arrays.put(name, halves(tensor));
        }
    }

    private static Array halves(Tensor tensor) {
        return new Array(
                DataType.F16.name(), tensor.shape(), channel -> ElementWriter.write(tensor, DataType.F16, channel));
    }

    /** Returns whether MLX computes the same positions itself, up to the rounding of their storage type. */
    private static boolean isSinusoids(Tensor tensor) {
        int columns = tensor.shape().get(1);
        Tensor expected = Sinusoids.tensor(tensor.shape().get(0), columns);
        float[] row = new float[columns];
        float[] expectedRow = new float[columns];
        for (int start = 0; start < tensor.elementCount(); start += columns) {
            tensor.copyTo(start, row);
            expected.copyTo(start, expectedRow);
            for (int i = 0; i < columns; i++) {
                // A number that is none is no sine either.
                if (!(Math.abs(row[i] - expectedRow[i]) <= POSITION_TOLERANCE)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void writeKernel(Tensor tensor, WritableByteChannel channel) throws IOException {
        int inputs = tensor.shape().get(1);
        int width = tensor.shape().get(2);
        float[] values = new float[inputs * width];
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int output = 0; output < tensor.shape().get(0); output++) {
            tensor.copyTo(output * values.length, values);
            bytes.clear();
            for (int position = 0; position < width; position++) {
                for (int input = 0; input < inputs; input++) {
                    bytes.putShort(HalfFloats.fromFloat(values[input * width + position]));
                }
            }
            ElementWriter.writeAll(bytes.flip(), channel);
        }
    }

    private void putGrouped(String tensorName, String name, Tensor tensor, Grouping wanted) {
        String layer = MlxNames.layer(name);
        @Nullable GroupedMatrix groups = tensor.groups().orElse(null);
        if (groups != null && groups.bits() == wanted.bits() && groups.groupSize() == wanted.groupSize()) {
            StoredArray codes = groups.codes();
            arrays.put(name, stored(codes.type(), codes.shape(), codes::data));
            arrays.put(MlxNames.scales(layer), stored(groups.scales()));
            arrays.put(MlxNames.biases(layer), stored(groups.biases()));
            return;
        }
        QuantizedArrays quantized = new QuantizedArrays(tensorName, tensor, wanted);
        arrays.put(name, quantized.codes());
        arrays.put(MlxNames.scales(layer), quantized.scales());
        arrays.put(MlxNames.biases(layer), quantized.biases());
    }

    private static Array stored(Tensor tensor) {
        return stored(tensor.type().name(), tensor.shape(), tensor::data);
    }

    private static Array stored(String type, List<Integer> shape, Supplier<ByteBuffer> data) {
        return new Array(type, shape, channel -> ElementWriter.writeAll(data.get(), channel));
    }

    private void putAlignmentHeads() {
        List<AttentionHead> heads = checkpoint.generation().alignmentHeads(checkpoint.dimensions());
        ByteBuffer bytes = ByteBuffer.allocate(2 * heads.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        heads.forEach(head -> bytes.putLong(head.layer()).putLong(head.head()));
        arrays.put(MlxNames.ALIGNMENT_HEADS, stored("I64", List.of(heads.size(), 2), bytes::flip));
    }
}
