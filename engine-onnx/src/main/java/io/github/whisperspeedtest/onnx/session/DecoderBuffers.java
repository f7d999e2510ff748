package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.onnx.graph.DecoderGraph;
import io.github.whisperspeedtest.onnx.graph.TokenEmbedding;
import io.github.whisperspeedtest.onnx.graph.WeightBuffers;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The native memory of one decoder session: the KV cache, and the small inputs and outputs of a step. */
public final class DecoderBuffers {
    private final OrtEnvironment environment;
    private final ModelDimensions dimensions;
    private final TokenEmbedding embedding;
    private final KvCache cache;
    private final NativeFloats embedded;
    private final NativeFloats logits;
    private final IntBuffer totalLength = ints(1);
    private final Map<Integer, NativeFloats> scores = new HashMap<>();
    private final ByteBuffer condition = WeightBuffers.allocate(1);
    private @Nullable OnnxTensor conditionTensor;
    private IntBuffer lastIndexes = ints(1);

    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();

    /** The shape of the tensors in the maps: windows, sequences, tokens, positions. */
    private int[] shape = new int[0];

    private int[] positions = new int[0];

    public DecoderBuffers(OrtEnvironment environment, ModelDimensions dimensions, TokenEmbedding embedding) {
        this.environment = environment;
        this.dimensions = dimensions;
        this.embedding = embedding;
        cache = new KvCache(environment, dimensions);
        embedded = new NativeFloats(environment, dimensions.nTextState());
        logits = new NativeFloats(environment, dimensions.nVocab());
    }

    private static IntBuffer ints(int count) {
        return WeightBuffers.allocate((long) count * Integer.BYTES).asIntBuffer();
    }

    public KvCache cache() {
        return cache;
    }

    /** Returns the logits of the last step: {@code [sequences * positions, vocabulary]}. */
    public FloatBuffer logits() {
        return logits.buffer();
    }

    /** Returns memory for the scores of a layer's cross-attention. */
    public NativeFloats scores(int layer, long capacity) {
        NativeFloats memory = scores.computeIfAbsent(layer, key -> new NativeFloats(environment, capacity));
        memory.ensureCapacity(capacity);
        return memory;
    }

    /** Prepares the inputs of a step except the cross-attention. The maps are reused if the shape has not changed. */
    public Map<String, OnnxTensor> inputs(int windows, int[][] tokens, int length, int[] wanted) {
        int sequences = tokens.length;
        int count = tokens[0].length;
        prepare(windows, sequences, count, wanted);
        FloatBuffer target = embedded.buffer().clear();
        for (int[] sequence : tokens) {
            for (int i = 0; i < count; i++) {
                embedding.put(sequence[i], length + i, target);
            }
        }
        totalLength.put(0, length + count);
        for (int i = 0; i < sequences; i++) {
            lastIndexes.put(i, length + count - 1);
        }
        for (int layer = 0; layer < dimensions.nTextLayer(); layer++) {
            inputs.put(DecoderGraph.pastKeys(layer), cache.keys(layer));
            inputs.put(DecoderGraph.pastValues(layer), cache.values(layer));
            outputs.put(DecoderGraph.presentKeys(layer), cache.keys(layer));
            outputs.put(DecoderGraph.presentValues(layer), cache.values(layer));
        }
        return inputs;
    }

    /** Returns the input {@link DecoderGraph#ONE_TOKEN_EACH}. */
    public OnnxTensor oneTokenEach(boolean value) {
        condition.put(0, (byte) (value ? 1 : 0));
        if (conditionTensor == null) {
            try {
                conditionTensor = OnnxTensor.createTensor(environment, condition, new long[0], OnnxJavaType.BOOL);
            } catch (OrtException e) {
                throw new EngineException("ONNX Runtime could not create a tensor: " + e.getMessage(), e);
            }
        }
        return conditionTensor;
    }

    /** Returns the outputs of the step that {@link #inputs} prepared. */
    public Map<String, OnnxTensor> outputs() {
        return outputs;
    }

    private void prepare(int windows, int sequences, int count, int[] wanted) {
        int[] newShape = {windows, sequences, count, wanted.length};
        if (Arrays.equals(shape, newShape) && Arrays.equals(positions, wanted)) {
            return;
        }
        closeTensors();
        shape = newShape;
        positions = wanted.clone();
        int width = dimensions.nTextState();
        int heads = dimensions.nTextHead();
        embedded.ensureCapacity((long) sequences * count * width);
        logits.ensureCapacity((long) sequences * wanted.length * dimensions.nVocab());
        if (lastIndexes.capacity() < sequences) {
            lastIndexes = ints(sequences);
        }
        try {
            inputs.put(DecoderGraph.EMBEDDED, embedded.tensor(sequences, count, width));
            inputs.put(
                    DecoderGraph.LAST_INDEXES,
                    OnnxTensor.createTensor(environment, lastIndexes.slice(0, sequences), new long[] {sequences}));
            inputs.put(DecoderGraph.TOTAL_LENGTH, OnnxTensor.createTensor(environment, totalLength, new long[] {1}));
            inputs.put(
                    DecoderGraph.WINDOW_SHAPE,
                    longs(windows, (long) sequences / windows * count, heads, width / heads));
            inputs.put(DecoderGraph.SEQUENCE_SHAPE, longs(sequences, count, width));
            inputs.put(
                    DecoderGraph.POSITIONS,
                    longs(Arrays.stream(wanted).asLongStream().toArray()));
            outputs.put(DecoderGraph.LOGITS, logits.tensor(sequences, wanted.length, dimensions.nVocab()));
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime could not create a tensor: " + e.getMessage(), e);
        }
    }

    private OnnxTensor longs(long... values) throws OrtException {
        LongBuffer buffer =
                WeightBuffers.allocate((long) values.length * Long.BYTES).asLongBuffer();
        return OnnxTensor.createTensor(environment, buffer.put(values).flip(), new long[] {values.length});
    }

    private void closeTensors() {
        for (String name : new String[] {
            DecoderGraph.EMBEDDED,
            DecoderGraph.LAST_INDEXES,
            DecoderGraph.TOTAL_LENGTH,
            DecoderGraph.WINDOW_SHAPE,
            DecoderGraph.SEQUENCE_SHAPE,
            DecoderGraph.POSITIONS
        }) {
            close(inputs.remove(name));
        }
        close(outputs.remove(DecoderGraph.LOGITS));
        shape = new int[0];
    }

    private static void close(@Nullable OnnxTensor tensor) {
        if (tensor != null) {
            tensor.close();
        }
    }

    /** Closes the tensors; the memory is kept for reuse. */
    public void close() {
        closeTensors();
        close(conditionTensor);
        conditionTensor = null;
        inputs.clear();
        outputs.clear();
        cache.close();
    }
}
