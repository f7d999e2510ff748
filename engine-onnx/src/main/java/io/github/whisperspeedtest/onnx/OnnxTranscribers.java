package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.decoding.NetworkTranscriber;
import io.github.whisperspeedtest.model.SileroModel;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.vad.SileroVad;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.OfferedOptions;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.vad.SpeechFilter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Shared code of the backends on this engine: reads their options and creates transcribers from networks. */
public final class OnnxTranscribers {
    /** The note in reports when VAD would be on by default but its model is not installed. */
    public static final String VAD_OFF = "VAD off: " + SileroModel.NAME + " is not on this machine";

    private OnnxTranscribers() {}

    /** Whether non-speech is removed if the options do not specify it. */
    public enum VadDefault {
        /** Removed if the VAD model is installed. */
        ON,
        /** Not removed. */
        OFF
    }

    /**
     * Returns the precision for a compute type.
     *
     * @param automatic the precision for {@link LoadOptions#AUTO}
     * @param others further precisions of the implementation
     * @throws io.github.whisperspeedtest.error.UnsupportedOptionException for any other compute type
     */
    public static Precision precision(
            String implementation, LoadOptions options, Precision automatic, Precision... others) {
        return OfferedOptions.computeType(implementation, options, EnumSet.of(automatic, others), Precision::label)
                .orElse(automatic);
    }

    /**
     * Checks the device and the number of threads.
     *
     * @param devices devices of the implementation besides {@link LoadOptions#AUTO}
     * @throws io.github.whisperspeedtest.error.UnsupportedOptionException if one of them is not supported
     */
    public static void check(String implementation, LoadOptions options, List<String> devices) {
        OfferedOptions.device(implementation, options, devices, Function.identity());
        OfferedOptions.checkThreads(implementation, options);
    }

    /**
     * Loads a network and creates a transcriber, with a voice activity detector if its model is among the files.
     *
     * @param implementation id of the implementation
     * @param parameters supplies the parameters that the network runs with; notes are added here
     */
    public static Transcriber load(
            String implementation,
            ModelFiles files,
            Checkpoint checkpoint,
            OnnxOptions options,
            VadDefault vadDefault,
            Function<OnnxNetwork, EngineParameters> parameters) {
        return transcriber(
                implementation, files, checkpoint, () -> OnnxNetwork.load(checkpoint, options), vadDefault, parameters);
    }

    /**
     * Creates a transcriber from a network of any engine, with the ONNX voice activity detector if its model is among
     * the files.
     *
     * @param implementation id of the implementation
     * @param loader loads the network
     * @param parameters supplies the parameters that the network runs with; notes are added here
     */
    public static <N extends WhisperNetwork> Transcriber transcriber(
            String implementation,
            ModelFiles files,
            Checkpoint checkpoint,
            Supplier<N> loader,
            VadDefault vadDefault,
            Function<N, EngineParameters> parameters) {
        Tokenizer tokenizer =
                Tokenizer.of(checkpoint.tokenizer(), checkpoint.dimensions().nVocab());
        Optional<Path> vad = SileroModel.in(files);
        SpeechFilter filter =
                vad.map(file -> SpeechFilter.of(SileroVad.load(file))).orElse(null);
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
}
