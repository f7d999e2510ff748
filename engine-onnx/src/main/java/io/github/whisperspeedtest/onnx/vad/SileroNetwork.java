package io.github.whisperspeedtest.onnx.vad;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.onnx.session.ArmKernels;
import io.github.whisperspeedtest.onnx.session.NativeFloats;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.vad.SpeechSegmenter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The network of Silero VAD version 5 or 6, loaded from its ONNX file.
 *
 * <p>It processes one window at a time with a recurrent state, so windows of one recording cannot be batched. Callers keep the
 * states, so several recordings can take turns. Thread-safe; it runs on the calling thread.
 *
 * <p>Source of the interface: {@code OnnxWrapper} of <a
 * href="https://github.com/snakers4/silero-vad">snakers4/silero-vad</a>.
 */
final class SileroNetwork implements AutoCloseable {
    /** Samples of the frame before that a window begins with. */
    static final int CONTEXT_SAMPLES = 64;

    /** Samples of a window: the context and a frame. */
    static final int WINDOW_SAMPLES = CONTEXT_SAMPLES + SpeechSegmenter.FRAME_SAMPLES;

    /** Numbers of a recurrent state; all are 0 at the start of a recording. */
    static final int STATE_SIZE = 2 * 128;

    private static final long[] STATE_SHAPE = {2, 1, 128};

    private static final String WINDOW = "input";
    private static final String STATE = "state";
    private static final String SAMPLE_RATE = "sr";
    private static final String PROBABILITY = "output";
    private static final String NEXT_STATE = "stateN";

    private static final Map<String, OnnxJavaType> INPUTS = new TreeMap<>(
            Map.of(WINDOW, OnnxJavaType.FLOAT, STATE, OnnxJavaType.FLOAT, SAMPLE_RATE, OnnxJavaType.INT64));
    private static final Map<String, OnnxJavaType> OUTPUTS =
            new TreeMap<>(Map.of(PROBABILITY, OnnxJavaType.FLOAT, NEXT_STATE, OnnxJavaType.FLOAT));

    /** The published files have 1 to 3 MB. */
    private static final long MAX_BYTES = 16L << 20;

    private final Path file;
    private final OrtSession session;
    private final FloatBuffer window;
    private final FloatBuffer probability;
    private final FloatBuffer state;
    private final FloatBuffer nextState;
    private final OnnxTensor stateTensor;
    private final OnnxTensor nextStateTensor;
    private final OnnxTensor windowTensor;
    private final OnnxTensor probabilityTensor;
    private final OnnxTensor rateTensor;

    private boolean closed;

    private SileroNetwork(Path file, OrtEnvironment environment, OrtSession session) throws OrtException {
        this.file = file;
        this.session = session;
        NativeFloats windowFloats = new NativeFloats(environment, WINDOW_SAMPLES);
        window = windowFloats.buffer();
        windowTensor = windowFloats.tensor(1, WINDOW_SAMPLES);
        NativeFloats probabilityFloats = new NativeFloats(environment, 1);
        probability = probabilityFloats.buffer();
        probabilityTensor = probabilityFloats.tensor(1, 1);
        NativeFloats stateFloats = new NativeFloats(environment, STATE_SIZE);
        state = stateFloats.buffer();
        stateTensor = stateFloats.tensor(STATE_SHAPE);
        NativeFloats nextStateFloats = new NativeFloats(environment, STATE_SIZE);
        nextState = nextStateFloats.buffer();
        nextStateTensor = nextStateFloats.tensor(STATE_SHAPE);
        rateTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[] {Audio.SAMPLE_RATE}), new long[0]);
    }

    /**
     * Loads the network and tests it on silence.
     *
     * @throws ModelException if the file is missing, damaged, or not Silero VAD
     * @throws io.github.whisperspeedtest.error.EngineUnavailableException if ONNX Runtime cannot run on this machine
     */
    static SileroNetwork load(Path file) {
        byte[] model = read(file);
        OrtEnvironment environment = OnnxRuntime.get().environment();
        SileroNetwork network;
        try {
            network = new SileroNetwork(file, environment, open(environment, model));
        } catch (OrtException e) {
            throw new ModelException(
                    file + " is not an ONNX model, or is damaged: " + e.getMessage() + ". Download it again.", e);
        }
        try {
            network.checkInterface();
            network.speechProbability(new float[WINDOW_SAMPLES], new float[STATE_SIZE]);
            return network;
        } catch (EngineException e) {
            network.close();
            throw new ModelException(file + " does not work as Silero VAD. " + e.getMessage(), e);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private static byte[] read(Path file) {
        try {
            long bytes = Files.size(file);
            if (bytes > MAX_BYTES) {
                throw new ModelException(file + " has " + bytes + " bytes, but Silero VAD has at most " + MAX_BYTES
                        + ". Download it again.");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ModelException(file + " cannot be read: " + e + ". Download it again.", e);
        }
    }

    private static OrtSession open(OrtEnvironment environment, byte[] model) throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            // What it logs of a broken file is in the exception too.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            // Products as small as these gain nothing from other kernels.
            new ArmKernels(true, null).applyTo(options);
            return environment.createSession(model, options);
        }
    }

    private void checkInterface() {
        Map<String, OnnxJavaType> inputs;
        Map<String, OnnxJavaType> outputs;
        try {
            inputs = types(session.getInputInfo());
            outputs = types(session.getOutputInfo());
        } catch (OrtException e) {
            throw failure(e);
        }
        if (!inputs.equals(INPUTS) || !outputs.equals(OUTPUTS)) {
            throw new ModelException(file + " is not Silero VAD of version 5 or 6: expected inputs " + INPUTS
                    + " and outputs " + OUTPUTS + ", but found " + inputs + " and " + outputs
                    + ". Download it again.");
        }
    }

    /** Returns the element types of tensors by name; values other than tensors have an unknown type. */
    private static Map<String, OnnxJavaType> types(Map<String, NodeInfo> nodes) {
        Map<String, OnnxJavaType> types = new TreeMap<>();
        nodes.forEach((name, node) ->
                types.put(name, node.getInfo() instanceof TensorInfo tensor ? tensor.type : OnnxJavaType.UNKNOWN));
        return types;
    }

    /**
     * Returns the probability that the frame of a window is speech, given the windows before it.
     *
     * @param samples {@link #WINDOW_SAMPLES} samples
     * @param recurrent the state after the windows before it, which becomes the one after this window
     * @throws EngineException if the runtime fails, or the result is not a probability
     * @throws IllegalStateException if the network is closed
     */
    synchronized float speechProbability(float[] samples, float[] recurrent) {
        if (closed) {
            throw new IllegalStateException("The voice activity detector is closed.");
        }
        window.put(0, samples);
        state.put(0, recurrent);
        try {
            session.run(
                            Map.of(WINDOW, windowTensor, STATE, stateTensor, SAMPLE_RATE, rateTensor),
                            Set.of(),
                            Map.of(PROBABILITY, probabilityTensor, NEXT_STATE, nextStateTensor))
                    .close();
        } catch (OrtException e) {
            throw failure(e);
        }
        nextState.get(0, recurrent);
        float result = probability.get(0);
        if (!(result >= 0 && result <= 1)) {
            throw new EngineException("Voice activity detection by " + file + " gave " + result
                    + ", which is not a probability. Download it again, or turn voice activity detection off.");
        }
        return result;
    }

    private EngineException failure(OrtException e) {
        return new EngineException(
                "ONNX Runtime failed in " + file + ": " + e.getMessage()
                        + ". Download it again, or turn voice activity detection off.",
                e);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            session.close();
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime failed while freeing " + file + ".", e);
        } finally {
            windowTensor.close();
            probabilityTensor.close();
            rateTensor.close();
            stateTensor.close();
            nextStateTensor.close();
        }
    }
}
