package io.github.whisperspeedtest.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.network.WindowFrames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/** The Whisper network on PyTorch: a TorchScript program and the weights of a checkpoint. */
final class TorchNetwork implements WhisperNetwork {
    private final TorchRuntime runtime;
    private final TorchOptions options;
    private final ModelDimensions dimensions;
    private final PtNDManager manager;
    private final TorchProgram program;
    private final TorchWeights weights;
    private ByteBuffer mel = ByteBuffer.allocateDirect(0);
    private boolean closed;

    private TorchNetwork(TorchRuntime runtime, Checkpoint checkpoint, TorchOptions options, String source) {
        this.runtime = runtime;
        this.options = options;
        dimensions = checkpoint.dimensions();
        manager = (PtNDManager) runtime.engine().newBaseManager(options.device().djl());
        try {
            runtime.setThreads(options.threads());
            program = TorchProgram.load(manager, source);
            weights = new TorchWeights(program, checkpoint, options, manager);
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Loads a network.
     *
     * @throws io.github.whisperspeedtest.error.RuntimeUnavailableException if PyTorch cannot be used on this machine
     * @throws io.github.whisperspeedtest.error.EngineException if PyTorch fails, such as for lack of memory
     * @throws io.github.whisperspeedtest.error.ModelException if a file of the checkpoint can no longer be read
     */
    static TorchNetwork load(Checkpoint checkpoint, TorchOptions options) {
        return load(checkpoint, options, TorchProgram.source());
    }

    /** Loads a network with another source of the program. */
    static TorchNetwork load(Checkpoint checkpoint, TorchOptions options, String source) {
        return new TorchNetwork(TorchRuntime.get(), checkpoint, options, source);
    }

    /** Returns the device. */
    TorchDevice device() {
        return options.device();
    }

    /** Returns the precision. */
    TorchPrecision precision() {
        return options.precision();
    }

    /** Returns the layout of the decoder's weights. */
    WeightLayout layout() {
        return options.layout();
    }

    /** Returns the attention operator; PyTorch selects its kernel by device and type. */
    String attention() {
        return "scaled_dot_product_attention";
    }

    @Override
    public ModelDimensions dimensions() {
        return dimensions;
    }

    @Override
    public EncoderOutput encode(List<float[]> windows) {
        if (closed) {
            throw new IllegalStateException("This network is closed; load the model again.");
        }
        int frames = WindowFrames.of(windows, dimensions);
        int size = dimensions.nMels() * frames;
        FloatBuffer floats =
                reserve(Math.multiplyExact(windows.size(), size * Float.BYTES)).asFloatBuffer();
        windows.forEach(window -> floats.put(window, 0, size));
        Shape shape = new Shape(windows.size(), dimensions.nMels(), frames);
        try (PtNDArray given = manager.create(mel, shape, DataType.FLOAT32);
                NativeValues arguments = new NativeValues()) {
            IValue cache = call(
                    "cross_cache",
                    arguments.own(IValue.from(given)),
                    arguments.of(windowsAtOnce(options.device(), dimensions, windows.size())),
                    arguments.of(dimensions.nAudioHead()),
                    weights.encoderStem,
                    weights.encoder.norms(),
                    weights.encoder.linears().plain(),
                    weights.encoder.linears().packed(),
                    arguments.of(dimensions.nTextHead()),
                    weights.cross.plain(),
                    weights.cross.packed());
            return new TorchEncoderOutput(this, cache, windows.size(), frames / WindowFrames.PER_POSITION);
        }
    }

    /**
     * Returns how many windows go through the encoder together.
     *
     * <p>The CPU is fastest with one. On Apple's GPUs the attention scores are one array of 32-bit numbers, which must be smaller than
     * 4 GiB, or the process is ended (pytorch/pytorch#149261).
     */
    static int windowsAtOnce(TorchDevice device, ModelDimensions dimensions, int windows) {
        long bytesOfScores =
                (long) Float.BYTES * dimensions.nAudioHead() * dimensions.nAudioCtx() * dimensions.nAudioCtx();
        return switch (device) {
            case CPU -> 1;
            case MPS -> (int) Math.max(1, Math.min(windows, ((1L << 32) - 1) / bytesOfScores));
            case CUDA -> windows;
        };
    }

    /** Returns a buffer for spectrograms. It is reused from call to call because Java frees such memory late. */
    private ByteBuffer reserve(int bytes) {
        if (mel.capacity() < bytes) {
            mel = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        return mel.clear().limit(bytes);
    }

    IValue call(String method, IValue... arguments) {
        runtime.setThreads(options.threads());
        return program.call(method, arguments);
    }

    TorchWeights weights() {
        return weights;
    }

    /** Makes the manager of what a session holds. */
    PtNDManager newManager() {
        return (PtNDManager) manager.newSubManager();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            weights.close();
            program.close();
            manager.close();
        }
    }
}
