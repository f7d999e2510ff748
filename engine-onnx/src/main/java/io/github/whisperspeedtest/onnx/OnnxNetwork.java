package io.github.whisperspeedtest.onnx;

import ai.onnxruntime.OnnxTensor;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.EncodedWindows;
import io.github.whisperspeedtest.network.WhisperNetwork;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The Whisper network on ONNX Runtime: a graph for the encoder and one for the decoder, built from a checkpoint. */
public final class OnnxNetwork implements WhisperNetwork {
    private final OnnxRuntime runtime;
    private final ModelDimensions dimensions;
    private final GraphSession encoder;
    private final GraphSession decoder;
    private final NativeFloats mel;
    private final Pool<CrossAttentionCache> crossAttentionCaches;
    private final Pool<DecoderBuffers> decoderBuffers;
    private boolean closed;

    private OnnxNetwork(OnnxRuntime runtime, Checkpoint checkpoint, GraphSession encoder, GraphSession decoder) {
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
        GraphSession encoder =
                load(runtime, EncoderGraph.build(checkpoint, options.precision().encoderLayers()), options);
        try {
            GraphSession decoder = load(
                    runtime, DecoderGraph.build(checkpoint, options.precision().decoderLayers()), options);
            return new OnnxNetwork(runtime, checkpoint, encoder, decoder);
        } catch (RuntimeException | Error e) {
            encoder.close();
            throw e;
        }
    }

    private static GraphSession load(OnnxRuntime runtime, GraphBuilder graph, OnnxOptions options) {
        return GraphSession.load(runtime, graph, options.threads(), session -> {});
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
        Map<String, OnnxTensor> outputs = new HashMap<>();
        cache.putInto(outputs);
        try (OnnxTensor input = mel.tensor(windows.size(), dimensions.nMels(), 2L * dimensions.nAudioCtx())) {
            encoder.run(Map.of(EncoderGraph.MEL, input), outputs);
        }
        return new OnnxEncodedWindows(this, cache);
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
        closed = true;
        encoder.close();
        decoder.close();
    }
}
