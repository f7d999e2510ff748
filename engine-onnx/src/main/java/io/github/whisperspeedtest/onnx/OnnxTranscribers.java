package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.decoding.NetworkTranscriber;
import io.github.whisperspeedtest.model.SileroModel;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.onnx.vad.SileroVad;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.EngineOption;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptionParser;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.vad.SpeechFilter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shared code of the backends on this engine: reads their options and creates transcribers from networks. */
public final class OnnxTranscribers {
    /** The note in reports when VAD would be on by default but its model is not installed. */
    public static final String VAD_OFF = "VAD off: " + SileroModel.NAME + " is not on this machine";

    /** Writes the network's graphs for a viewer such as Netron. */
    public static final EngineOption DUMP_GRAPH =
            new EngineOption("dump-graph", "Directory to write the network's ONNX graphs to.", EngineOption.Kind.PATH);

    private OnnxTranscribers() {}

    /** Whether non-speech is removed if the options do not specify it. */
    public enum VadDefault {
        /** Removed if the VAD model is installed. */
        ON,
        /** Not removed. */
        OFF
    }

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
        return Capabilities.sequentialDecoding().vad().engineOptions(DUMP_GRAPH);
    }

    /** Returns the directory that {@link #DUMP_GRAPH} names, null if it is not set. */
    public static @Nullable Path graphDirectory(LoadOptions options) {
        String directory = options.engineOptions().get(DUMP_GRAPH.name());
        return directory == null ? null : Path.of(directory);
    }

    /**
     * Loads a network and creates a transcriber, with a voice activity detector if its model is among the files.
     *
     * @param implementation id of the implementation
     * @param context the directories and settings of the implementation
     * @param parameters supplies the parameters that the network runs with; notes are added here
     */
    public static Transcriber load(
            String implementation,
            ImplementationContext context,
            ModelFiles files,
            Checkpoint checkpoint,
            OnnxOptions options,
            VadDefault vadDefault,
            Function<OnnxNetwork, EngineParameters> parameters) {
        return transcriber(
                implementation,
                context,
                files,
                checkpoint,
                () -> OnnxNetwork.load(checkpoint, options),
                vadDefault,
                network -> parameters.apply(network).withBuild(OnnxRuntime.get().build()));
    }

    /**
     * Creates a transcriber from a network of any engine, with the ONNX voice activity detector if its model is among
     * the files.
     *
     * @param implementation id of the implementation
     * @param context the directories and settings of the implementation
     * @param loader loads the network
     * @param parameters supplies the parameters that the network runs with; notes are added here
     */
    public static <N extends WhisperNetwork> Transcriber transcriber(
            String implementation,
            ImplementationContext context,
            ModelFiles files,
            Checkpoint checkpoint,
            Supplier<N> loader,
            VadDefault vadDefault,
            Function<N, EngineParameters> parameters) {
        Tokenizer tokenizer =
                Tokenizer.of(checkpoint.tokenizer(), checkpoint.dimensions().nVocab());
        Optional<Path> vad = SileroModel.in(files);
        SpeechFilter filter = vad.map(file -> detector(context, file)).orElse(null);
        N network;
        try {
            network = loader.get();
        } catch (RuntimeException | Error e) {
            if (filter != null) {
                filter.close();
            }
            throw e;
        }
        Supplier<EngineParameters> complete = () -> vadDefault == VadDefault.ON && filter == null
                ? parameters.apply(network).withNote(VAD_OFF)
                : parameters.apply(network);
        NetworkTranscriber.Builder transcriber = NetworkTranscriber.builder()
                .implementation(implementation)
                .network(network)
                .tokenizer(tokenizer)
                .generation(checkpoint.generation())
                .parameters(complete)
                .missingSpeechFilter(() -> SileroModel.missing(implementation));
        if (filter != null) {
            transcriber.speechFilter(filter, vadDefault == VadDefault.ON);
        }
        return transcriber.build();
    }

    private static SpeechFilter detector(ImplementationContext context, Path file) {
        OnnxRuntime.start(context);
        return SpeechFilter.of(SileroVad.load(file));
    }
}
