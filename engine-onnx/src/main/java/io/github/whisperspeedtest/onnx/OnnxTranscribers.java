package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.decoding.NetworkTranscriber;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.spi.Batching;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.EngineOption;
import io.github.whisperspeedtest.spi.LoadOptionParser;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shared code of the backends on this engine: reads their options and creates transcribers from networks. */
public final class OnnxTranscribers {
    /** Writes the network's graphs for a viewer such as Netron. */
    public static final EngineOption DUMP_GRAPH =
            new EngineOption("dump-graph", "Directory to write the network's ONNX graphs to.", EngineOption.Kind.PATH);

    private OnnxTranscribers() {}

    /**
     * Returns the requested precision, the first one for {@link LoadOptions#AUTO}.
     *
     * @param supported the precisions that run on the chosen device
     * @throws io.github.whisperspeedtest.error.UnsupportedOptionException if it is none of these
     */
    public static Precision precision(String implementation, LoadOptions options, List<Precision> supported) {
        return LoadOptionParser.computeType(implementation, options, supported, Precision::label)
                .orElse(supported.get(0));
    }

    /** Returns a builder of capabilities with what every network on this engine supports. */
    public static Capabilities.Builder capabilities() {
        return Capabilities.sequentialDecoding().batching(Batching.SPEECH).engineOptions(DUMP_GRAPH);
    }

    /** Returns the directory that {@link #DUMP_GRAPH} names, null if it is not set. */
    public static @Nullable Path graphDirectory(LoadOptions options) {
        String directory = options.engineOptions().get(DUMP_GRAPH.name());
        return directory == null ? null : Path.of(directory);
    }

    /**
     * Loads a network and creates a transcriber.
     *
     * @param implementation id of the implementation
     * @param parameters supplies the parameters that the network runs with
     */
    public static Transcriber load(
            String implementation,
            Checkpoint checkpoint,
            OnnxOptions options,
            Function<OnnxNetwork, EngineParameters> parameters) {
        return transcriber(
                implementation,
                checkpoint,
                () -> OnnxNetwork.load(checkpoint, options),
                network -> parameters.apply(network).withBuild(OnnxRuntime.get().build()));
    }

    /**
     * Creates a transcriber from a network of any engine.
     *
     * @param implementation id of the implementation
     * @param loader loads the network
     * @param parameters supplies the parameters that the network runs with
     */
    public static <N extends WhisperNetwork> Transcriber transcriber(
            String implementation,
            Checkpoint checkpoint,
            Supplier<N> loader,
            Function<N, EngineParameters> parameters) {
        Tokenizer tokenizer =
                Tokenizer.of(checkpoint.tokenizer(), checkpoint.dimensions().nVocab());
        N network = loader.get();
        return NetworkTranscriber.builder()
                .implementation(implementation)
                .network(network)
                .tokenizer(tokenizer)
                .generation(checkpoint.generation())
                .parameters(() -> parameters.apply(network))
                .build();
    }
}
