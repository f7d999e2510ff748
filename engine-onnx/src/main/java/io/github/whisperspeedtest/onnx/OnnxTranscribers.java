package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.decoding.NetworkTranscriber;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.model.SileroModel;
import io.github.whisperspeedtest.spi.EngineParameters;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.Transcriber;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.vad.SpeechFilter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the backends on this engine have in common: reading their options, and making a transcriber of a network. */
public final class OnnxTranscribers {
    /** What a row says whose implementation would cut out silence but lacks the model for it. */
    public static final String VAD_OFF = "VAD off: " + SileroModel.NAME + " is not on this machine";

    /** Beyond this the runtime would ask the system for threads that it may not get. */
    private static final int MAX_THREADS = 512;

    private OnnxTranscribers() {}

    /** Whether silence is cut out where nobody asks for it or against it. */
    public enum VadDefault {
        /** It is, where the model for it is on this machine. */
        ON,
        /** It is not. */
        OFF
    }

    /**
     * Returns the precision that a compute type names.
     *
     * @param automatic what {@link LoadOptions#AUTO} means
     * @param others what else the implementation offers
     * @throws UnsupportedOptionException if it is none of these
     */
    public static Precision precision(
            String implementation, LoadOptions options, Precision automatic, Precision... others) {
        EnumSet<Precision> offered = EnumSet.of(automatic, others);
        if (options.computeType().equals(LoadOptions.AUTO)) {
            return automatic;
        }
        return offered.stream()
                .filter(precision -> precision.label().equals(options.computeType()))
                .findFirst()
                .orElseThrow(() -> new UnsupportedOptionException(
                        implementation,
                        "compute-type=" + options.computeType(),
                        "Use one of: auto, "
                                + offered.stream().map(Precision::label).collect(Collectors.joining(", ")) + "."));
    }

    /**
     * Checks the device and the number of threads.
     *
     * @param devices what the implementation offers beside {@link LoadOptions#AUTO}
     * @throws UnsupportedOptionException if they cannot be honoured
     */
    public static void check(String implementation, LoadOptions options, List<String> devices) {
        if (!options.device().equals(LoadOptions.AUTO) && !devices.contains(options.device())) {
            throw new UnsupportedOptionException(
                    implementation,
                    "device=" + options.device(),
                    "Use one of: auto, " + String.join(", ", devices) + ".");
        }
        if (options.threads() > MAX_THREADS) {
            throw new UnsupportedOptionException(
                    implementation,
                    "threads=" + options.threads(),
                    "Use at most " + MAX_THREADS + "; more than processors only slow it down.");
        }
    }

    /**
     * Loads a network and makes a transcriber of it, with a voice activity detector where its model is among the files.
     *
     * @param implementation id of the implementation
     * @param parameters tells what the network runs with; its notes are complemented here
     */
    public static Transcriber load(
            String implementation,
            ModelFiles files,
            Checkpoint checkpoint,
            OnnxOptions options,
            VadDefault vadDefault,
            Function<OnnxNetwork, EngineParameters> parameters) {
        Tokenizer tokenizer =
                Tokenizer.of(checkpoint.tokenizer(), checkpoint.dimensions().nVocab());
        Optional<Path> vad = SileroModel.in(files);
        SpeechFilter filter =
                vad.map(file -> SpeechFilter.of(SileroVad.load(file))).orElse(null);
        OnnxNetwork network;
        try {
            network = OnnxNetwork.load(checkpoint, options);
        } catch (RuntimeException | Error e) {
            if (filter != null) {
                filter.close();
            }
            throw e;
        }
        Supplier<EngineParameters> complete = () -> vadDefault == VadDefault.ON && filter == null
                ? parameters.apply(network).withNote(VAD_OFF)
                : parameters.apply(network);
        return new NetworkTranscriber(
                implementation,
                network,
                tokenizer,
                checkpoint.generation(),
                complete,
                filter,
                vadDefault == VadDefault.ON);
    }
}
