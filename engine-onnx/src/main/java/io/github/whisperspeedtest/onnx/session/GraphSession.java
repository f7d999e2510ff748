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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A graph loaded by the runtime, with the native memory that it needs. */
public final class GraphSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GraphSession.class);

    /** Inverting eight bytes of every 512 changes any result and takes no time. */
    private static final int INVERTED_STRIDE = 64;

    static final String PROFILE_PREFIX = "whisper-speedtest-profile-";

    private static final Pattern OUT_OF_MEMORY =
            Pattern.compile("bad_alloc|allocat|out of memory", Pattern.CASE_INSENSITIVE);

    private final String name;
    private final OrtSession session;

    /** The runtime reads these for the lifetime of the session unless it has repacked them. */
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
     * @param kernels the kernels to use on ARM64
     * @param setup sets further options
     * @throws EngineUnavailableException if memory is insufficient
     * @throws EngineException if the runtime rejects the graph
     */
    public static GraphSession load(
            OnnxRuntime runtime, GraphBuilder graph, int threads, boolean profiled, ArmKernels kernels, Setup setup) {
        OrtEnvironment environment = runtime.environment();
        Map<String, OnnxTensorLike> weights = new HashMap<>();
        boolean loaded = false;
        Path profile = null;
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            // Weights are packed once and kept; in the arena they would leave holes that nothing fits.
            options.addConfigEntry("session.use_device_allocator_for_initializers", "1");
            // Shapes differ from call to call; a pattern for each would hold memory without any gain.
            options.setMemoryPatternOptimization(false);
            // The threads of a graph would keep spinning for tens of milliseconds on the processors that the next graph
            // needs.
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
                profile = profileDirectory();
                options.enableProfiling(profile.resolve("profile").toString());
            }
            kernels.applyTo(options);
            setup.apply(options);
            OrtSession session = environment.createSession(graph.build().toByteArray(), options);
            loaded = true;
            return new GraphSession(graph.name(), session, weights, profiled);
        } catch (OrtException e) {
            throw refusal(graph, e);
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    "Cannot write to the temporary directory: " + DiskErrors.reason(e)
                            + ". Set -Djava.io.tmpdir to another directory.",
                    e);
        } finally {
            if (!loaded) {
                weights.values().forEach(OnnxTensorLike::close);
                deleteProfile(profile);
            }
        }
    }

    private static RuntimeException refusal(GraphBuilder graph, OrtException cause) {
        String message = "ONNX Runtime could not load the graph " + graph.name() + ": " + cause.getMessage();
        return OUT_OF_MEMORY.matcher(message).find()
                ? new EngineUnavailableException(message + ". Memory is insufficient: use a smaller model.", cause)
                : new EngineException(message + ". Download the model again.", cause);
    }

    /** A directory of its own, since the runtime completes the name. */
    private static Path profileDirectory() throws IOException {
        Path directory = Files.createTempDirectory(
                PROFILE_PREFIX + ProcessHandle.current().pid() + "-");
        TemporaryPaths.add(directory);
        return directory;
    }

    private static void deleteProfile(@Nullable Path directory) {
        if (directory == null) {
            return;
        }
        try {
            FileTrees.delete(directory);
            TemporaryPaths.remove(directory);
        } catch (IOException e) {
            LOG.debug("Cannot delete {}", directory, e);
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
     * Releases the blockwise weights that the runtime has repacked, which halves the memory for them.
     *
     * <p>Repacking depends on the processor and is not reported, and releasing weights that are still read would crash
     * the process. Therefore it is tested: some bits throughout the weights are inverted, and the weights are released
     * only if the graph computes exactly the same results.
     *
     * @param blocks the blockwise weights in native memory that the graph was loaded with
     * @param probe runs the graph, always with the same inputs, and returns its results
     * @return whether the runtime had repacked them
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

    /** NaN stays NaN whatever the weights are, so it proves nothing. */
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
     * Runs the graph once; the results are written to the tensors of {@code outputs}.
     *
     * @throws EngineOutOfMemoryException if memory is insufficient
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
                            message + ". Memory is insufficient: use fewer beams or a smaller model.", e)
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
            LOG.debug("Cannot read the profile of {}", name, e);
        }
        try {
            session.close();
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime failed while freeing the graph " + name + ".", e);
        } finally {
            weights.values().forEach(OnnxTensorLike::close);
        }
    }
}
