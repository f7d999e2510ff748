package io.github.whisperspeedtest.onnx;

import ai.onnxruntime.OnnxTensor;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.network.WindowFrames;
import io.github.whisperspeedtest.onnx.graph.CrossAttentionType;
import io.github.whisperspeedtest.onnx.graph.DecoderGraph;
import io.github.whisperspeedtest.onnx.graph.EncoderGraph;
import io.github.whisperspeedtest.onnx.graph.GraphBuilder;
import io.github.whisperspeedtest.onnx.graph.GraphDump;
import io.github.whisperspeedtest.onnx.graph.LinearForms;
import io.github.whisperspeedtest.onnx.graph.LinearLayers;
import io.github.whisperspeedtest.onnx.graph.TokenEmbedding;
import io.github.whisperspeedtest.onnx.session.ArmKernels;
import io.github.whisperspeedtest.onnx.session.CrossAttentionCache;
import io.github.whisperspeedtest.onnx.session.DecoderBuffers;
import io.github.whisperspeedtest.onnx.session.GraphSession;
import io.github.whisperspeedtest.onnx.session.NativeFloats;
import io.github.whisperspeedtest.onnx.session.NodePlacement;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.onnx.session.Pool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Whisper network on ONNX Runtime, with an encoder graph and a decoder graph built from a checkpoint. */
public final class OnnxNetwork implements WhisperNetwork {
    /** Increased whenever the encoder graph changes, so that CoreML's compiled cache of an older graph is not reused. */
    public static final int ENCODER_REVISION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(OnnxNetwork.class);

    private final OnnxRuntime runtime;
    private final ModelDimensions dimensions;
    private final GraphSession encoder;
    private final GraphSession decoder;
    private final NativeFloats mel;
    private final Pool<CrossAttentionCache> crossAttentionCaches;
    private final Pool<DecoderBuffers> decoderBuffers;
    private final boolean oneByOne;
    private final Duration encoderPreparation;
    private final Optional<String> quantization;
    private final ArmKernels kernels;
    private final CrossAttentionType crossAttention;
    private volatile @Nullable NodePlacement placement;
    private boolean closed;

    private OnnxNetwork(
            OnnxRuntime runtime,
            Checkpoint checkpoint,
            GraphSession encoder,
            GraphSession decoder,
            boolean oneByOne,
            Duration encoderPreparation,
            Optional<String> quantization,
            ArmKernels kernels,
            CrossAttentionType crossAttention) {
        this.crossAttention = crossAttention;
        this.quantization = quantization;
        this.kernels = kernels;
        this.oneByOne = oneByOne;
        this.encoderPreparation = encoderPreparation;
        this.runtime = runtime;
        dimensions = checkpoint.dimensions();
        this.encoder = encoder;
        this.decoder = decoder;
        mel = new NativeFloats(runtime.environment(), dimensions.nMels() * wholeWindow());
        TokenEmbedding embedding = new TokenEmbedding(checkpoint);
        crossAttentionCaches =
                new Pool<>(() -> new CrossAttentionCache(runtime.environment(), dimensions, crossAttention));
        decoderBuffers = new Pool<>(() -> new DecoderBuffers(runtime.environment(), dimensions, embedding));
    }

    /**
     * Loads a network.
     *
     * @throws io.github.whisperspeedtest.error.EngineUnavailableException if the runtime cannot be loaded, computes wrongly on this
     *     processor, or memory is insufficient
     * @throws io.github.whisperspeedtest.error.ModelException if a file of the checkpoint can no longer be read
     */
    public static OnnxNetwork load(Checkpoint checkpoint, OnnxOptions options) {
        return load(checkpoint, options, LinearForms.of(options.precision()));
    }

    /** Loads a network with linear layers in other forms than those of its precision. */
    static OnnxNetwork load(Checkpoint checkpoint, OnnxOptions options, LinearForms forms) {
        return load(checkpoint, options, forms, OnnxRuntime.get().armKernels(options.portableKernels()));
    }

    static OnnxNetwork load(Checkpoint checkpoint, OnnxOptions options, LinearForms forms, ArmKernels kernels) {
        OnnxRuntime runtime = OnnxRuntime.get();
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            long start = System.nanoTime();
            GraphSession encoder = loadEncoder(runtime, checkpoint, options, forms.encoder(), kernels);
            opened.push(encoder);
            Duration preparation = Duration.ofNanos(System.nanoTime() - start);
            OnnxNetwork network =
                    loadDecoder(runtime, checkpoint, options, forms, encoder, preparation, kernels, opened);
            // Mapped files and repacked weights are released only by the garbage collector.
            System.gc();
            return network;
        } catch (RuntimeException | Error e) {
            closeAll(opened, e);
            throw e;
        }
    }

    private static void closeAll(Deque<AutoCloseable> opened, Throwable reason) {
        for (AutoCloseable resource : opened) {
            try {
                resource.close();
            } catch (Exception e) {
                reason.addSuppressed(e);
            }
        }
    }

    private static GraphSession loadEncoder(
            OnnxRuntime runtime, Checkpoint checkpoint, OnnxOptions options, LinearLayers linear, ArmKernels kernels) {
        boolean plain = options.encoderForm() == OnnxOptions.EncoderForm.PLAIN;
        GraphBuilder graph = plain
                ? EncoderGraph.plain(checkpoint, linear, options.precision().encoderType())
                : EncoderGraph.fused(checkpoint, linear, options.crossAttention());
        return load(runtime, graph, options, plain, kernels, session -> {
            if (options.coreMl() != null) {
                session.addCoreML(providerOptions(options.coreMl()));
            }
        });
    }

    /** A separate method, so that the builder and its contents can be collected afterwards. */
    private static OnnxNetwork loadDecoder(
            OnnxRuntime runtime,
            Checkpoint checkpoint,
            OnnxOptions options,
            LinearForms forms,
            GraphSession encoder,
            Duration preparation,
            ArmKernels kernels,
            Deque<AutoCloseable> opened) {
        GraphBuilder graph = DecoderGraph.build(checkpoint, forms.decoder(), options.crossAttention());
        // The weights have been read by now; without a collection, their files would stay mapped while the runtime
        // packs them.
        System.gc();
        GraphSession decoder = load(runtime, graph, options, false, kernels, session -> {});
        opened.push(decoder);
        OnnxNetwork network = new OnnxNetwork(
                runtime,
                checkpoint,
                encoder,
                decoder,
                options.encoderForm() == OnnxOptions.EncoderForm.PLAIN,
                preparation,
                forms.describe(checkpoint),
                kernels,
                options.crossAttention());
        decoder.releasePackedWeights(graph.blocks(), network::probeDecoder);
        return network;
    }

    /** Computes the logits after one token. */
    private float[] probeDecoder() {
        CrossAttentionCache pattern = CrossAttentionCache.ofPattern(runtime.environment(), dimensions, crossAttention);
        float[][] logits = new float[1][dimensions.nVocab()];
        try (DecoderSession session = new OnnxDecoderSession(this, pattern)) {
            session.append(new int[][] {{0}}, new int[] {0}, logits);
        } finally {
            pattern.close();
        }
        return logits[0];
    }

    private static GraphSession load(
            OnnxRuntime runtime,
            GraphBuilder graph,
            OnnxOptions options,
            boolean profiled,
            ArmKernels kernels,
            GraphSession.Setup setup) {
        if (options.dumpGraph() != null) {
            GraphDump.write(graph, options.dumpGraph());
        }
        if (options.coreMl() != null) {
            graph.metadata("COREML_CACHE_KEY", options.coreMl().cacheKey());
        }
        return GraphSession.load(runtime, graph, options.threads(), profiled, kernels, setup);
    }

    private static Map<String, String> providerOptions(OnnxOptions.CoreMl coreMl) {
        Map<String, String> provider = new HashMap<>();
        provider.put("ModelFormat", "MLProgram");
        provider.put("MLComputeUnits", coreMl.computeUnits());
        provider.put("RequireStaticInputShapes", "1");
        if (coreMl.cacheDirectory() != null) {
            provider.put("ModelCacheDirectory", coreMl.cacheDirectory().toString());
        }
        return provider;
    }

    /**
     * Runs the encoder on a window of silence. A provider may accept a graph and fail only when it runs.
     *
     * @throws EngineException if it fails or its results are no numbers
     */
    public void checkEncoder() {
        try (OnnxEncoderOutput output = encodeAll(List.of(new float[dimensions.nMels() * wholeWindow()]))) {
            if (!output.hasNumbers()) {
                throw new EngineException("The encoder gives results that are no numbers. Use another device.");
            }
        }
    }

    /** Returns what readers of results should know about the kernels; empty if they are those that ONNX Runtime chooses. */
    public Optional<String> kernelNote() {
        return Optional.ofNullable(kernels.note());
    }

    /** Returns the time to load the encoder. With CoreML it is mostly compilation. */
    public Duration encoderPreparation() {
        return encoderPreparation;
    }

    /**
     * Describes how weights that the checkpoint stores quantized in groups were loaded, such as
     * {@code 4-bit weights kept}; empty if it has none.
     */
    public Optional<String> quantization() {
        return quantization;
    }

    /** Returns what of a plain encoder ran on each provider; empty before its first run. */
    public Optional<NodePlacement> encoderPlacement() {
        return Optional.ofNullable(placement);
    }

    @Override
    public ModelDimensions dimensions() {
        return dimensions;
    }

    /** Returns the number of frames of a whole window. */
    private int wholeWindow() {
        return WindowFrames.PER_POSITION * dimensions.nAudioCtx();
    }

    @Override
    public EncoderOutput encode(List<float[]> windows) {
        return encodeAll(windows);
    }

    private OnnxEncoderOutput encodeAll(List<float[]> windows) {
        if (closed) {
            throw new IllegalStateException("This network is closed; load the model again.");
        }
        int frames = WindowFrames.of(windows, dimensions);
        if (oneByOne && frames < wholeWindow()) {
            throw new IllegalArgumentException(
                    "The plain encoder takes whole windows of " + wholeWindow() + " frames, but these have " + frames);
        }
        int size = dimensions.nMels() * frames;
        mel.ensureCapacity((long) windows.size() * size);
        for (int i = 0; i < windows.size(); i++) {
            mel.buffer().put(i * size, windows.get(i), 0, size);
        }
        CrossAttentionCache cache = crossAttentionCaches.acquire();
        try {
            cache.clear(windows.size(), frames / WindowFrames.PER_POSITION);
            if (oneByOne) {
                for (int i = 0; i < windows.size(); i++) {
                    encode(i, 1, frames, cache.window(i));
                }
                readPlacement();
            } else {
                encode(0, windows.size(), frames, cache.encoderOutputs());
            }
        } catch (RuntimeException | Error e) {
            cache.close();
            crossAttentionCaches.release(cache);
            throw e;
        }
        return new OnnxEncoderOutput(this, cache);
    }

    private void encode(int first, int count, int frames, Map<String, OnnxTensor> outputs) {
        int start = first * dimensions.nMels() * frames;
        try (OnnxTensor input = mel.tensorAt(start, count, dimensions.nMels(), frames)) {
            encoder.run(Map.of(EncoderGraph.MEL, input), outputs);
        } finally {
            if (oneByOne) {
                outputs.values().forEach(OnnxTensor::close);
            }
        }
    }

    private void readPlacement() {
        if (placement == null) {
            try {
                placement = encoder.endProfile();
            } catch (IOException e) {
                LOG.warn("Cannot read the ONNX Runtime profile; the provider that ran the encoder is unknown", e);
                placement = new NodePlacement(Map.of());
            }
        }
    }

    GraphSession decoder() {
        return decoder;
    }

    Pool<CrossAttentionCache> crossAttentionCaches() {
        return crossAttentionCaches;
    }

    Pool<DecoderBuffers> decoderBuffers() {
        return decoderBuffers;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            encoder.close();
        } finally {
            decoder.close();
        }
    }
}
