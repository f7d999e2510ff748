package io.github.whisperspeedtest.onnx;

import ai.onnxruntime.OnnxTensor;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncodedWindows;
import io.github.whisperspeedtest.network.WhisperNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Whisper network on ONNX Runtime: a graph for the encoder and one for the decoder, built from a checkpoint. */
public final class OnnxNetwork implements WhisperNetwork {
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
    private volatile @Nullable NodePlacement placement;
    private boolean closed;

    private OnnxNetwork(
            OnnxRuntime runtime,
            Checkpoint checkpoint,
            GraphSession encoder,
            GraphSession decoder,
            boolean oneByOne,
            Duration encoderPreparation) {
        this.oneByOne = oneByOne;
        this.encoderPreparation = encoderPreparation;
        this.runtime = runtime;
        dimensions = checkpoint.dimensions();
        this.encoder = encoder;
        this.decoder = decoder;
        mel = new NativeFloats(runtime.environment(), melSize());
        TokenEmbedding embedding = new TokenEmbedding(checkpoint);
        crossAttentionCaches = new Pool<>(() -> new CrossAttentionCache(runtime.environment(), dimensions));
        decoderBuffers = new Pool<>(() -> new DecoderBuffers(runtime.environment(), dimensions, embedding));
    }

    /**
     * Loads a network.
     *
     * @throws io.github.whisperspeedtest.error.EngineUnavailableException if the runtime cannot be loaded here, or memory is short
     * @throws io.github.whisperspeedtest.error.ModelException if a file of the checkpoint cannot be read any more
     */
    public static OnnxNetwork load(Checkpoint checkpoint, OnnxOptions options) {
        OnnxRuntime runtime = OnnxRuntime.get();
        boolean plain = options.encoderForm() == OnnxOptions.EncoderForm.PLAIN;
        long start = System.nanoTime();
        GraphSession encoder = load(
                runtime,
                plain
                        ? EncoderGraph.plain(checkpoint, options.precision())
                        : EncoderGraph.fused(checkpoint, options.precision().encoderLayers()),
                options,
                session -> {
                    if (plain) {
                        session.enableProfiling(profilePrefix());
                    }
                    if (options.coreMl() != null) {
                        session.addCoreML(providerOptions(options.coreMl()));
                    }
                });
        Duration preparation = Duration.ofNanos(System.nanoTime() - start);
        GraphSession decoder;
        try {
            decoder = loadDecoder(runtime, checkpoint, options);
        } catch (RuntimeException | Error e) {
            encoder.close();
            throw e;
        }
        OnnxNetwork network = new OnnxNetwork(runtime, checkpoint, encoder, decoder, plain, preparation);
        try {
            decoder.releasePackedWeights(network::probeDecoder);
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
        System.gc();
        return network;
    }

    /** A method of its own, so that the builder and what it holds can be collected after it. */
    private static GraphSession loadDecoder(OnnxRuntime runtime, Checkpoint checkpoint, OnnxOptions options) {
        GraphBuilder graph = DecoderGraph.build(checkpoint, options.precision());
        // Files that are mapped, and weights that were converted and packed by now, are given back by the collector
        // only; without
        // this they would still be there while the decoder is loaded.
        System.gc();
        return load(runtime, graph, options, session -> {});
    }

    /** Computes the logits that follow one token where there is nothing to hear. */
    private float[] probeDecoder() {
        CrossAttentionCache zeros = CrossAttentionCache.ofZeros(runtime.environment(), dimensions);
        float[][] logits = new float[1][dimensions.nVocab()];
        try (DecoderSession session = new OnnxDecoderSession(this, zeros)) {
            session.append(new int[][] {{0}}, new int[] {0}, logits);
        } finally {
            zeros.close();
        }
        return logits[0];
    }

    private static GraphSession load(
            OnnxRuntime runtime, GraphBuilder graph, OnnxOptions options, GraphSession.Setup setup) {
        if (options.dumpGraph() != null) {
            GraphDump.write(graph, options.dumpGraph());
        }
        if (options.coreMl() != null) {
            graph.metadata("COREML_CACHE_KEY", options.coreMl().cacheKey());
        }
        return GraphSession.load(runtime, graph, options.threads(), setup);
    }

    private static String profilePrefix() {
        return Path.of(System.getProperty("java.io.tmpdir"), "whisper-speedtest-" + UUID.randomUUID())
                .toString();
    }

    private static Map<String, String> providerOptions(OnnxOptions.CoreMl coreMl) {
        return Map.of(
                "ModelFormat",
                "MLProgram",
                "MLComputeUnits",
                coreMl.computeUnits(),
                "RequireStaticInputShapes",
                "1",
                "ModelCacheDirectory",
                coreMl.cacheDirectory().toString());
    }

    /** Returns how long it took to load the encoder; with CoreML that is mostly its compiler. */
    public Duration encoderPreparation() {
        return encoderPreparation;
    }

    /** Returns which provider ran how many nodes of a plain encoder; empty before its first run. */
    public Optional<NodePlacement> encoderPlacement() {
        return Optional.ofNullable(placement);
    }

    @Override
    public ModelDimensions dimensions() {
        return dimensions;
    }

    private int melSize() {
        return dimensions.nMels() * 2 * dimensions.nAudioCtx();
    }

    @Override
    public EncodedWindows encode(List<float[]> windows) {
        if (closed) {
            throw new IllegalStateException("This network is closed; load the model again.");
        }
        mel.ensureCapacity((long) windows.size() * melSize());
        for (int i = 0; i < windows.size(); i++) {
            mel.buffer().put(i * melSize(), windows.get(i), 0, melSize());
        }
        CrossAttentionCache cache = crossAttentionCaches.take();
        cache.clear(windows.size());
        if (oneByOne) {
            for (int i = 0; i < windows.size(); i++) {
                encode(i, 1, cache.window(i));
            }
            readPlacement();
        } else {
            encode(0, windows.size(), cache.named());
        }
        return new OnnxEncodedWindows(this, cache);
    }

    private void encode(int first, int count, Map<String, OnnxTensor> outputs) {
        try (OnnxTensor input =
                mel.tensorAt(first * melSize(), count, dimensions.nMels(), 2L * dimensions.nAudioCtx())) {
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
                LOG.warn("ONNX Runtime's profile cannot be read, so nobody knows which provider ran the encoder", e);
                placement = new NodePlacement(Map.of());
            }
        }
    }

    NativeFloats newFloats(long capacity) {
        return new NativeFloats(runtime.environment(), capacity);
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
            if (oneByOne) {
                // Otherwise the runtime leaves a file behind for a network that never ran.
                readPlacement();
            }
        } finally {
            encoder.close();
            decoder.close();
        }
    }
}
