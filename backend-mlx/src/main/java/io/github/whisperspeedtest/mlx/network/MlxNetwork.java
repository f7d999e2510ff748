package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;
import io.github.whisperspeedtest.mlx.bindings.MlxRuntime;
import io.github.whisperspeedtest.mlx.bindings.MlxType;
import io.github.whisperspeedtest.mlx.network.Attention.KeysAndValues;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.network.WindowFrames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Whisper network on MLX, with the weights of a checkpoint, of which quantised ones stay quantised. */
public final class MlxNetwork implements WhisperNetwork {
    private final MlxRuntime runtime;
    private final MlxOptions options;
    private final ModelDimensions dimensions;
    private final WeightLoader weights;
    private final Gelu activation;
    private final Encoder encoder;
    private final Decoder decoder;
    private ByteBuffer mel = ByteBuffer.allocateDirect(0);
    private boolean closed;

    private MlxNetwork(MlxRuntime runtime, Checkpoint checkpoint, MlxOptions options) {
        this.runtime = runtime;
        this.options = options;
        dimensions = checkpoint.dimensions();
        weights = new WeightLoader(runtime, checkpoint, options);
        @Nullable Gelu gelu = null;
        try {
            // On a processor MLX would start the system's compiler.
            gelu = options.device() == MlxDevice.GPU
                    ? Gelu.compiled(runtime, weights, options.device())
                    : Gelu.plain(runtime, weights);
            activation = gelu;
            encoder = new Encoder(weights, dimensions, activation);
            decoder = new Decoder(weights, dimensions, activation);
        } catch (RuntimeException | Error e) {
            if (gelu != null) {
                gelu.close();
            }
            weights.close();
            runtime.clearCache();
            throw e;
        }
    }

    /**
     * Loads a network.
     *
     * @throws io.github.whisperspeedtest.error.RuntimeUnavailableException if MLX cannot be used on this machine
     * @throws io.github.whisperspeedtest.error.EngineException if MLX fails, such as for lack of memory
     * @throws io.github.whisperspeedtest.error.ModelException if a file of the checkpoint can no longer be read
     */
    public static MlxNetwork load(Checkpoint checkpoint, MlxOptions options) {
        MlxRuntime runtime = MlxRuntime.get();
        return runtime.call(() -> new MlxNetwork(runtime, checkpoint, options));
    }

    /** Returns how many bytes MLX needs for the weights of a checkpoint: quantised ones stay so, the others get the precision. */
    public static long weightBytes(Checkpoint checkpoint, MlxPrecision precision) {
        return checkpoint.tensors().values().stream()
                .mapToLong(tensor -> tensor.groups()
                        .map(matrix -> codeBytes(matrix)
                                + (matrix.scales().elementCount()
                                                + matrix.biases().elementCount())
                                        * precision.bytes())
                        .orElseGet(() -> tensor.elementCount() * precision.bytes()))
                .sum();
    }

    private static long codeBytes(GroupedMatrix matrix) {
        return (long) matrix.rows() * matrix.columns() * matrix.bits() / Byte.SIZE;
    }

    /** Returns the device and the precision. */
    public MlxOptions options() {
        return options;
    }

    @Override
    public ModelDimensions dimensions() {
        return dimensions;
    }

    @Override
    public EncoderOutput encode(List<float[]> windows) {
        checkOpen();
        return runtime.call(() -> {
            try (MlxGraph graph = runtime.graph(options.device())) {
                MlxArray audio = encoder.apply(graph, spectrograms(graph, windows));
                List<KeysAndValues> cross = decoder.crossKeysAndValues(graph, audio);
                List<MlxArray> arrays =
                        cross.stream().flatMap(layer -> layer.arrays().stream()).toList();
                graph.eval(arrays);
                arrays.forEach(graph::keep);
                return new MlxEncoderOutput(this, cross, windows.size());
            }
        });
    }

    /** Returns {@code [windows, frames, mels]}, frames first, as MLX's convolutions want them. */
    private MlxArray spectrograms(MlxGraph graph, List<float[]> windows) {
        int frames = WindowFrames.of(windows, dimensions);
        int size = dimensions.nMels() * frames;
        FloatBuffer floats =
                reserve(Math.multiplyExact(windows.size(), size * Float.BYTES)).asFloatBuffer();
        windows.forEach(window -> floats.put(window, 0, size));
        MlxArray given = graph.array(mel, MlxType.FLOAT32, windows.size(), dimensions.nMels(), frames);
        return graph.transpose(graph.astype(given, options.precision().type()), 0, 2, 1);
    }

    /** Returns memory for spectrograms, the same from call to call, since Java gives such memory back late. */
    private ByteBuffer reserve(int bytes) {
        if (mel.capacity() < bytes) {
            mel = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        return mel.clear().limit(bytes);
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("This network is closed; load the model again.");
        }
    }

    MlxRuntime runtime() {
        return runtime;
    }

    MlxGraph graph() {
        return runtime.graph(options.device());
    }

    Decoder decoder() {
        return decoder;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            runtime.run(() -> {
                activation.close();
                weights.close();
                runtime.clearCache();
            });
        }
    }
}
