package io.github.whisperspeedtest.torch;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.decoding.ChunkedOptions;
import io.github.whisperspeedtest.decoding.NetworkTranscriber;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.OfferedOptions;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Shared code of the backends on this engine: reads their options and creates transcribers from networks. */
public final class TorchTranscribers {
    private final String implementation;
    private final Set<TorchDevice> meantFor;

    /**
     * Creates the shared code for one implementation.
     *
     * @param implementation id of the implementation
     * @param meantFor the devices that it targets; on another device, a note in its results states that
     */
    public TorchTranscribers(String implementation, Set<TorchDevice> meantFor) {
        this.implementation = implementation;
        this.meantFor = Set.copyOf(meantFor);
    }

    /** Returns whether PyTorch can be used on this machine, and on which device. */
    public Availability availability() {
        return TorchRuntime.availability(meantFor);
    }

    /**
     * Returns the options of a network: the requested values, or by default the best device and its fastest type.
     *
     * @throws UnsupportedOptionException if an option is not supported on this machine
     * @throws io.github.whisperspeedtest.error.RuntimeUnavailableException if PyTorch cannot be used on this machine
     */
    public TorchOptions options(LoadOptions options) {
        Optional<TorchDevice> wanted =
                OfferedOptions.device(implementation, options, List.of(TorchDevice.values()), TorchDevice::option);
        OfferedOptions.checkThreads(implementation, options);
        if (options.dumpGraph() != null) {
            throw new UnsupportedOptionException(
                    implementation,
                    "dump-graph=" + options.dumpGraph(),
                    "The network is a program and no graph: whisper_network.py in the jar of the engine. Leave the option out.");
        }
        TorchRuntime.start();
        TorchDevice device = wanted.orElseGet(TorchDevice::best);
        device.problem().ifPresent(problem -> {
            throw new UnsupportedOptionException(
                    implementation,
                    "device=" + device.option(),
                    "PyTorch cannot use " + device.description() + " here: " + problem + ". Use device auto or cpu.");
        });
        TorchPrecision precision = OfferedOptions.computeType(
                        implementation, options, TorchPrecision.offered(device), TorchPrecision::label)
                .orElseGet(() -> TorchPrecision.automatic(device));
        return new TorchOptions(device, precision, options.threads());
    }

    /**
     * Loads a network and creates a transcriber that processes windows sequentially.
     *
     * @param requested the options of the user
     * @param options the result of {@link #options}
     */
    public Transcriber sequential(
            ModelFiles files, Checkpoint checkpoint, LoadOptions requested, TorchOptions options) {
        return transcriber(files, checkpoint, requested, options).build();
    }

    /**
     * Loads a network and creates a transcriber that decodes batches of chunks.
     *
     * @param requested the options of the user
     * @param options the result of {@link #options}
     * @param chunks the chunk options to use by default
     */
    public Transcriber chunked(
            ModelFiles files,
            Checkpoint checkpoint,
            LoadOptions requested,
            TorchOptions options,
            ChunkedOptions chunks) {
        return transcriber(files, checkpoint, requested, options).chunks(chunks).build();
    }

    private NetworkTranscriber.Builder transcriber(
            ModelFiles files, Checkpoint checkpoint, LoadOptions requested, TorchOptions options) {
        TorchNetwork network = TorchNetwork.load(checkpoint, options);
        EngineParameters parameters = parameters(files, requested, network);
        return NetworkTranscriber.builder()
                .implementation(implementation)
                .network(network)
                .tokenizer(Tokenizer.of(
                        checkpoint.tokenizer(), checkpoint.dimensions().nVocab()))
                .generation(checkpoint.generation())
                .parameters(() -> parameters);
    }

    private EngineParameters parameters(ModelFiles files, LoadOptions requested, TorchNetwork network) {
        TorchDevice device = network.device();
        EngineParameters parameters = new EngineParameters(
                files.model(),
                TorchRuntime.start().version(),
                requested.device(),
                device.description(),
                network.precision().label(),
                requested.threads());
        if (!meantFor.contains(device)) {
            parameters = parameters.withNote(whyOn(device));
        }
        return parameters.withNote("attention: " + network.attention());
    }

    private String whyOn(TorchDevice device) {
        String where = "all of it on " + (device == TorchDevice.CPU ? "the CPU" : device.name());
        boolean isThere = meantFor.stream().anyMatch(other -> other.problem().isEmpty());
        if (isThere) {
            return where + ", as requested";
        }
        String missing = meantFor.stream().sorted().map(TorchDevice::name).collect(Collectors.joining(" or "));
        return "no " + missing + " here: " + where;
    }
}
