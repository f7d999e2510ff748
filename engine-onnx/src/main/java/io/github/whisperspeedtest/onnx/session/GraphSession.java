package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.files.TemporaryPaths;
import io.github.whisperspeedtest.onnx.graph.GraphBuilder;
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
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A graph that the runtime has loaded, with the native memory that it needs. */
public final class GraphSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GraphSession.class);

    /** Eight bytes of every 512 change any result, and take no time. */
    private static final int INVERTED_STRIDE = 64;

    private static final Pattern OUT_OF_MEMORY =
            Pattern.compile("bad_alloc|allocat|out of memory", Pattern.CASE_INSENSITIVE);

    private final String name;
    private final OrtSession session;

    /** The runtime reads these as long as the session lives, where it has not packed them anew. */
    private final Map<String, OnnxTensorLike> weights;

    private boolean profiled;
    private boolean closed;

    private GraphSession(String name, OrtSession session, Map<String, OnnxTensorLike> weights, boolean profiled) {
        this.name = name;
        this.session = session;
        this.weights = weights;
        this.profiled = profiled;
    }

    /** Sets options of a session before it is made. */
    public interface Setup {
        void apply(SessionOptions options) throws OrtException;
    }

    /**
     * Loads a graph.
     *
     * @param profiled whether to note which provider runs which node, until {@link #endProfile()}
     * @throws EngineUnavailableException if memory is short
     * @throws EngineException if the runtime refuses the graph
     */
    public static GraphSession load(
            OnnxRuntime runtime, GraphBuilder graph, int threads, boolean profiled, Setup setup) {
        OrtEnvironment environment = runtime.environment();
        Map<String, OnnxTensorLike> weights = new HashMap<>();
        boolean loaded = false;
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            // Weights are packed once and stay; in the arena they would leave holes that nothing fits into.
            options.addConfigEntry("session.use_device_allocator_for_initializers", "1");
            // Shapes differ from call to call; a pattern for each would hold on to memory and make nothing faster.
            options.setMemoryPatternOptimization(false);
            // The threads of a graph would go on spinning for tens of milliseconds, on the processors that the next one
            // wants.
            options.addConfigEntry("session.force_spinning_stop", "1");
            if (graph.folder() != null) {
                options.addConfigEntry(
                        "session.model_external_initializers_file_folder_path",
                        graph.folder().toString());
            }
            for (Map.Entry<String, GraphBuilder.Weight> weight : graph.buffers().entrySet()) {
                weights.put(weight.getKey(), tensor(environment, weight.getValue()));
            }
            options.addExternalInitializers(weights);
            if (profiled) {
                options.enableProfiling(profilePrefix());
            }
            setup.apply(options);
            OrtSession session = environment.createSession(graph.build().toByteArray(), options);
            loaded = true;
            return new GraphSession(graph.name(), session, weights, profiled);
        } catch (OrtException e) {
            throw refusal(graph, e);
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    "Cannot write to the temporary directory: " + DiskErrors.reason(e)
                            + ". Set -Djava.io.tmpdir to another.",
                    e);
        } finally {
            if (!loaded) {
                weights.values().forEach(OnnxTensorLike::close);
            }
        }
    }

    private static RuntimeException refusal(GraphBuilder graph, OrtException cause) {
        String message = "ONNX Runtime could not load the graph " + graph.name() + ": " + cause.getMessage();
        return OUT_OF_MEMORY.matcher(message).find()
                ? new EngineUnavailableException(message + ". Memory is short: take a smaller model.", cause)
                : new EngineException(message + ". Check the model's files and download them again.", cause);
    }

    /** A directory of its own, since the runtime completes the name. */
    private static String profilePrefix() throws IOException {
        Path directory = Files.createTempDirectory("whisper-speedtest-profile-");
        TemporaryPaths.add(directory);
        return directory.resolve("profile").toString();
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
     * @param blocks the blockwise weights in native memory that the graph was loaded with
     * @param probe runs the graph, always with the same inputs, and returns what it computed
     * @return whether the runtime had packed them
     */
    public boolean releasePackedWeights(Map<String, GraphBuilder.Weight> blocks, Supplier<float[]> probe) {
        if (blocks.isEmpty()) {
            return false;
        }
        float[] expected = probe.get();
        blocks.values().forEach(GraphSession::invertSome);
        boolean unread = Arrays.equals(probe.get(), expected) && isFinite(expected);
        if (unread) {
            blocks.keySet().forEach(weight -> weights.remove(weight).close());
        } else {
            blocks.values().forEach(GraphSession::invertSome);
        }
        return unread;
    }

    /** What is not a number stays so whatever the weights are, and so would tell nothing. */
    private static boolean isFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    private static void invertSome(GraphBuilder.Weight weight) {
        ByteBuffer bytes = weight.data();
        LongBuffer longs = bytes.duplicate().order(bytes.order()).asLongBuffer();
        for (int i = 0; i < longs.limit(); i += INVERTED_STRIDE) {
            longs.put(i, ~longs.get(i));
        }
    }

    /**
     * Runs the graph once; what it gives goes into the tensors of {@code outputs}.
     *
     * @throws EngineOutOfMemoryException if memory is short
     * @throws EngineException if the runtime fails
     */
    public void run(Map<String, OnnxTensor> inputs, Map<String, ? extends OnnxValue> outputs) {
        if (closed) {
            throw new IllegalStateException("The graph " + name + " is closed; load the model again.");
        }
        try {
            session.run(inputs, Set.of(), outputs).close();
        } catch (OrtException e) {
            String message = "ONNX Runtime failed in the graph " + name + ": " + e.getMessage();
            throw OUT_OF_MEMORY.matcher(message).find()
                    ? new EngineOutOfMemoryException(
                            message + ". Memory is short: ask for fewer beams, or take a smaller model.", e)
                    : new EngineException(message, e);
        }
    }

    /**
     * Ends the profile that {@link SessionOptions#enableProfiling} began and reads it.
     *
     * @throws IOException if its file cannot be read
     */
    public NodePlacement endProfile() throws IOException {
        profiled = false;
        Path profile;
        try {
            profile = Path.of(session.endProfiling());
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime could not end the profile of the graph " + name + ".", e);
        }
        try {
            return NodePlacement.read(profile);
        } finally {
            FileTrees.delete(profile.getParent());
            TemporaryPaths.remove(profile.getParent());
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (profiled) {
                // Otherwise the runtime leaves a file behind for a graph that never ran.
                endProfile();
            }
        } catch (IOException e) {
            LOG.debug("The profile of {} cannot be read", name, e);
        }
        try {
            session.close();
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime failed while it freed the graph " + name + ".", e);
        } finally {
            weights.values().forEach(OnnxTensorLike::close);
        }
    }
}
