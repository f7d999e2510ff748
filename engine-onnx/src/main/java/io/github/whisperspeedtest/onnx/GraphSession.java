package io.github.whisperspeedtest.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A graph that the runtime has loaded, with the native memory that it needs. */
final class GraphSession implements AutoCloseable {
    /** Eight bytes of every 512 change any result, and take no time. */
    private static final int INVERTED_STRIDE = 64;

    private final String name;
    private final OrtSession session;

    /** The runtime reads these as long as the session lives, where it has not packed them anew. */
    private final Map<String, OnnxTensorLike> weights;

    /** The bytes of those weights that it packs anew as a rule. */
    private final Map<String, ByteBuffer> packable = new HashMap<>();

    private boolean closed;

    private GraphSession(String name, OrtSession session, Map<String, OnnxTensorLike> weights) {
        this.name = name;
        this.session = session;
        this.weights = weights;
    }

    /** Sets options of a session before it is made. */
    interface Setup {
        void apply(SessionOptions options) throws OrtException;
    }

    /**
     * Loads a graph.
     *
     * @throws EngineUnavailableException if the runtime refuses it, which at this point means that memory is short
     */
    static GraphSession load(OnnxRuntime runtime, GraphBuilder graph, int threads, Setup setup) {
        OrtEnvironment environment = runtime.environment();
        Map<String, OnnxTensorLike> weights = new HashMap<>();
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            // Weights are packed once and stay; in the arena they would leave holes that nothing fits into.
            options.addConfigEntry("session.use_device_allocator_for_initializers", "1");
            // Shapes differ from call to call, and a pattern for each would hold on to memory without making any
            // faster.
            options.setMemoryPatternOptimization(false);
            if (graph.folder() != null) {
                options.addConfigEntry(
                        "session.model_external_initializers_file_folder_path",
                        graph.folder().toString());
            }
            for (Map.Entry<String, GraphBuilder.Weight> weight : graph.buffers().entrySet()) {
                weights.put(weight.getKey(), tensor(environment, weight.getValue()));
            }
            options.addExternalInitializers(weights);
            setup.apply(options);
            GraphSession session = new GraphSession(
                    graph.name(), environment.createSession(graph.build().toByteArray(), options), weights);
            graph.buffers().forEach((name, weight) -> {
                if (weight.type() == TensorProto.DataType.UINT8) {
                    session.packable.put(name, weight.data());
                }
            });
            return session;
        } catch (OrtException e) {
            weights.values().forEach(OnnxTensorLike::close);
            throw new EngineUnavailableException(
                    "ONNX Runtime could not load the graph " + graph.name() + ": " + e.getMessage()
                            + ". The model's form is sound, so memory is the likely reason: take a smaller model.",
                    e);
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, GraphBuilder.Weight weight) throws OrtException {
        long[] shape = weight.shape().stream().mapToLong(Long::longValue).toArray();
        ByteBuffer data = weight.data();
        return switch (weight.type()) {
            case FLOAT ->
                OnnxTensor.createTensor(
                        environment, data.duplicate().order(data.order()).asFloatBuffer(), shape);
            case FLOAT16 -> OnnxTensor.createTensor(environment, data, shape, OnnxJavaType.FLOAT16);
            case BFLOAT16 -> OnnxTensor.createTensor(environment, data, shape, OnnxJavaType.BFLOAT16);
            case INT8 -> OnnxTensor.createTensor(environment, data, shape, OnnxJavaType.INT8);
            case UINT8 -> OnnxTensor.createTensor(environment, data, shape, OnnxJavaType.UINT8);
            default -> throw new IllegalArgumentException("No weight is of type " + weight.type());
        };
    }

    /**
     * Gives up the blockwise weights, which the runtime has packed into a form of its own, and with it half of the memory for them.
     *
     * <p>Whether it has depends on the processor, and it does not tell; to give up what it still reads would end the process. So it
     * is tried: some bits all over the weights are inverted, and only if the graph computes the very same nobody reads them any more.
     *
     * @param probe runs the graph, always with the same inputs, and returns what it computed
     * @return whether they were given up
     */
    boolean releasePackedWeights(Supplier<float[]> probe) {
        float[] expected = probe.get();
        packable.values().forEach(GraphSession::invertSome);
        boolean unread = Arrays.equals(probe.get(), expected);
        if (unread) {
            packable.keySet().forEach(name -> weights.remove(name).close());
        } else {
            packable.values().forEach(GraphSession::invertSome);
        }
        packable.clear();
        return unread;
    }

    private static void invertSome(ByteBuffer bytes) {
        LongBuffer longs = bytes.duplicate().order(bytes.order()).asLongBuffer();
        for (int i = 0; i < longs.limit(); i += INVERTED_STRIDE) {
            longs.put(i, ~longs.get(i));
        }
    }

    /**
     * Runs the graph once; what it gives goes into the tensors of {@code outputs}.
     *
     * @throws EngineException if the runtime fails
     */
    void run(Map<String, OnnxTensor> inputs, Map<String, ? extends OnnxValue> outputs) {
        try {
            session.run(inputs, Set.of(), outputs).close();
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime failed in the graph " + name + ": " + e.getMessage(), e);
        }
    }

    /**
     * Ends the profile that {@link SessionOptions#enableProfiling} began and reads it.
     *
     * @throws IOException if its file cannot be read
     */
    NodePlacement endProfile() throws IOException {
        Path profile;
        try {
            profile = Path.of(session.endProfiling());
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime could not end the profile of the graph " + name + ".", e);
        }
        try {
            return NodePlacement.read(profile);
        } finally {
            Files.deleteIfExists(profile);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            session.close();
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime failed while it freed the graph " + name + ".", e);
        } finally {
            weights.values().forEach(OnnxTensorLike::close);
        }
    }
}
