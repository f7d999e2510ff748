package io.github.whisperspeedtest.torch;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.decoding.NetworkTranscriber;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptionParser;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads load options and makes transcribers of networks for the implementations on this engine. */
final class TorchTranscribers {
    private final String implementation;
    private final Set<TorchDevice> meantFor;
    private final ImplementationContext context;

    /**
     * Creates the shared code for one implementation.
     *
     * @param implementation its id
     * @param meantFor the devices that it is there for; on another one a note of its results says so
     * @param context the directories and settings of the implementation
     */
    TorchTranscribers(String implementation, Set<TorchDevice> meantFor, ImplementationContext context) {
        this.implementation = implementation;
        this.context = context;
        this.meantFor = Set.copyOf(meantFor);
    }

    /**
     * Returns the options of a network: the requested values, or by default the best device and its fastest type.
     *
     * @throws UnsupportedOptionException if an option is not supported on this machine
     * @throws io.github.whisperspeedtest.error.RuntimeUnavailableException if PyTorch cannot be used on this machine
     */
    TorchOptions options(LoadOptions options) {
        Optional<TorchDevice> wanted =
                LoadOptionParser.device(implementation, options, List.of(TorchDevice.values()), TorchDevice::option);
        TorchRuntime.start(context);
        TorchDevice device = wanted.orElseGet(TorchDevice::best);
        device.problem().ifPresent(problem -> {
            throw new UnsupportedOptionException(
                    implementation,
                    "device=" + device.option(),
                    "PyTorch cannot use " + device.description() + " here: " + problem + ". Use device auto or cpu.");
        });
        TorchPrecision precision = LoadOptionParser.computeType(
                        implementation, options, TorchPrecision.offered(device), TorchPrecision::label)
                .orElseGet(() -> TorchPrecision.automatic(device));
        return new TorchOptions(device, precision, options.threads());
    }

    /**
     * Loads a network and returns the builder of its transcriber.
     *
     * @param requested the user's options
     * @param options what {@link #options} made of them
     */
    NetworkTranscriber.Builder transcriber(
            ModelFiles files, Checkpoint checkpoint, LoadOptions requested, TorchOptions options) {
        TorchNetwork network = TorchNetwork.load(checkpoint, options);
        EngineParameters parameters = parameters(files, requested, network).withStoredType(checkpoint.storedType());
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
                        TorchRuntime.get().version(),
                        requested.device(),
                        device.description(),
                        network.precision().label(),
                        requested.threads())
                .withBuild(TorchRuntime.get().build());
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
