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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Reads load options and makes transcribers of networks for the implementations on this engine. */
final class TorchTranscribers {
    private final String implementation;
    private final Set<TorchDevice> meantFor;
    private final Supplier<? extends TorchMachine> machine;

    /**
     * Creates the shared code for one implementation.
     *
     * @param implementation its id
     * @param meantFor the devices that it is there for; on another one a note of its results says so
     * @param context the directories and settings of the implementation
     */
    TorchTranscribers(String implementation, Set<TorchDevice> meantFor, ImplementationContext context) {
        this(implementation, meantFor, () -> TorchRuntime.start(context));
    }

    /**
     * Creates the shared code for one implementation on some machine.
     *
     * @param machine starts PyTorch on first use
     */
    TorchTranscribers(String implementation, Set<TorchDevice> meantFor, Supplier<? extends TorchMachine> machine) {
        this.implementation = implementation;
        this.machine = machine;
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
        TorchDevices devices = machine.get().devices();
        TorchDevice device = wanted.orElseGet(() -> devices.best(type(options)));
        TorchPrecision precision = LoadOptionParser.computeType(
                        implementation, options, TorchPrecision.of(device), TorchPrecision::label)
                .orElseGet(() -> TorchPrecision.automatic(device));
        devices.problem(device, precision).ifPresent(problem -> {
            throw new UnsupportedOptionException(
                    implementation,
                    "device=" + device.option(),
                    "PyTorch cannot use " + device.description() + " here: " + problem + ". Use device auto or cpu.");
        });
        if (precision == TorchPrecision.INT8) {
            machine.get().int8Problem().ifPresent(problem -> {
                throw new UnsupportedOptionException(
                        implementation,
                        "compute-type=" + precision.label(),
                        problem + ". Use compute type auto, float32, bfloat16 or float16.");
            });
        }
        return new TorchOptions(device, precision, options.threads());
    }

    /** Returns the requested type; empty for the default, and for what is no type. */
    private static Optional<TorchPrecision> type(LoadOptions options) {
        return Arrays.stream(TorchPrecision.values())
                .filter(precision -> precision.label().equals(options.computeType()))
                .findFirst();
    }

    /**
     * Loads a network and returns the builder of its transcriber.
     *
     * @param requested the user's options
     * @param options what {@link #options} made of them
     */
    NetworkTranscriber.Builder transcriber(
            ModelFiles files, Checkpoint checkpoint, LoadOptions requested, TorchOptions options) {
        WeightLayout layout =
                machine.get().layout(options, checkpoint.dimensions().nTextState());
        TorchNetwork network = TorchNetwork.load(checkpoint, options.withLayout(layout));
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
            parameters = parameters.withNote(whyOn(device, requested));
        }
        if (network.layout() == WeightLayout.COLUMNS) {
            parameters = parameters.withNote("decoder weights by columns");
        }
        return parameters.withNote("attention: " + network.attention());
    }

    private String whyOn(TorchDevice device, LoadOptions requested) {
        String where = "all of it on " + (device == TorchDevice.CPU ? "the CPU" : device.name());
        TorchDevices devices = machine.get().devices();
        if (meantFor.stream().noneMatch(devices::has)) {
            String missing = meantFor.stream().sorted().map(TorchDevice::name).collect(Collectors.joining(" or "));
            return "no " + missing + " here: " + where;
        }
        return requested.device().equals(LoadOptions.AUTO)
                ? devices.faults(meantFor, type(requested)) + "; " + where
                : where + ", as requested";
    }
}
