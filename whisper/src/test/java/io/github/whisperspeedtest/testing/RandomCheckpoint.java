package io.github.whisperspeedtest.testing;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Models with random weights, for tests of formats that transcribe nothing. */
public final class RandomCheckpoint {
    /** The smallest possible model; sizes that could be confused differ. */
    public static final ModelDimensions TINY = new ModelDimensions(80, 1500, 64, 1, 3, 51865, 448, 64, 1, 2);

    private RandomCheckpoint() {}

    /** Returns a model of normally distributed weights with the embedded model's vocabulary. */
    public static Checkpoint of(ModelDimensions dimensions, DataType type, long seed) {
        Random random = new Random(seed);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        TensorShapes.of(dimensions).forEach((name, shape) -> tensors.put(name, tensor(type, shape, random)));
        return new Checkpoint(
                dimensions,
                tensors,
                EmbeddedModel.checkpoint().tokenizer(),
                new GenerationConfig(
                        Optional.of(List.of(1, 2, 50360)),
                        Optional.of(List.of(220, 50257)),
                        List.of(new AttentionHead(1, 0), new AttentionHead(0, 0))));
    }

    private static Tensor tensor(DataType type, List<Integer> shape, Random random) {
        int count = shape.stream().reduce(1, Math::multiplyExact);
        ByteBuffer data = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        float[] rowScales = new float[type == DataType.I8 ? shape.get(0) : 0];
        for (int i = 0; i < rowScales.length; i++) {
            rowScales[i] = 0.001f + random.nextFloat();
        }
        while (data.hasRemaining()) {
            float value = (float) random.nextGaussian();
            switch (type) {
                case F32 -> data.putFloat(value);
                case F16 -> data.putShort(HalfFloats.fromFloat(value));
                case BF16 -> data.putShort((short) (Float.floatToRawIntBits(value) >> 16));
                case I8 -> data.put((byte) random.nextInt(-127, 128));
            }
        }
        return type == DataType.I8
                ? Tensor.quantized(shape, data.flip(), rowScales)
                : new Tensor(type, shape, data.flip());
    }
}
