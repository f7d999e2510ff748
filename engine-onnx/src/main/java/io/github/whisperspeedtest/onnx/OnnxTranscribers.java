package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.decoding.NetworkTranscriber;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.onnx.graph.CrossAttentionType;
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
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Shared code of the backends on this engine: reads their options and creates transcribers from networks. */
public final class OnnxTranscribers {
    private static final String PORTABLE = "portable";

    /** Writes the network's graphs for a viewer such as Netron. */
    public static final EngineOption DUMP_GRAPH =
            new EngineOption("dump-graph", "Directory to write the network's ONNX graphs to.", EngineOption.Kind.PATH);

    /** Turns off kernels that fail on some processors. */
    public static final EngineOption ARM_KERNELS = new EngineOption(
            "arm-kernels",
            "Kernels on ARM64: auto checks those with KleidiAI and SME first, portable never uses them. Default: auto.",
            EngineOption.Kind.CHOICE,
            List.of("auto", PORTABLE));

    /** Chooses how the keys and values of the cross-attention are stored. */
    public static final EngineOption CROSS_ATTENTION = new EngineOption(
            "cross-attention",
            "Type of the keys and values of the cross-attention: int8 (faster), float32 (exact). Default: int8 at compute type int8,"
                    + " otherwise float32.",
            EngineOption.Kind.CHOICE,
            Arrays.stream(CrossAttentionType.values())
                    .map(CrossAttentionType::label)
                    .toList());

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
        return Capabilities.sequentialDecoding().batching(Batching.SPEECH).engineOptions(DUMP_GRAPH, ARM_KERNELS);
    }

    /** Returns options with the values of {@link #DUMP_GRAPH}, {@link #ARM_KERNELS} and {@link #CROSS_ATTENTION}. */
    public static OnnxOptions withEngineOptions(OnnxOptions onnx, LoadOptions options) {
        String directory = options.engineOptions().get(DUMP_GRAPH.name());
        OnnxOptions changed = onnx.withDumpGraph(directory == null ? null : Path.of(directory))
                .withPortableKernels(PORTABLE.equals(options.engineOptions().get(ARM_KERNELS.name())));
        String crossAttention = options.engineOptions().get(CROSS_ATTENTION.name());
        for (CrossAttentionType type : CrossAttentionType.values()) {
            if (type.label().equals(crossAttention)) {
                return changed.withCrossAttention(type);
            }
        }
        return changed;
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
                network -> withEngine(parameters.apply(network), network));
    }

    /** Returns parameters with what the engine says about its build and its kernels. */
    public static EngineParameters withEngine(EngineParameters parameters, OnnxNetwork network) {
        EngineParameters built = parameters.withBuild(OnnxRuntime.get().build());
        return network.kernelNote().map(built::withNote).orElse(built);
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
        return transcriber(implementation, checkpoint, loader, Function.identity(), parameters);
    }

    /**
     * Creates a transcriber from a network that is loaded together with facts about it.
     *
     * @param implementation id of the implementation
     * @param loader loads the network
     * @param network returns the network of what the loader returns
     * @param parameters supplies the parameters that the network runs with
     */
    public static <T> Transcriber transcriber(
            String implementation,
            Checkpoint checkpoint,
            Supplier<T> loader,
            Function<T, ? extends WhisperNetwork> network,
            Function<T, EngineParameters> parameters) {
        Tokenizer tokenizer =
                Tokenizer.of(checkpoint.tokenizer(), checkpoint.dimensions().nVocab());
        T loaded = loader.get();
        return NetworkTranscriber.builder()
                .implementation(implementation)
                .network(network.apply(loaded))
                .tokenizer(tokenizer)
                .generation(checkpoint.generation())
                .parameters(() -> parameters.apply(loaded))
                .build();
    }
}
