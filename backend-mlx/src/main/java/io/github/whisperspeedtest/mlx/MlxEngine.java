package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.MlxRuntime;
import io.github.whisperspeedtest.mlx.network.MlxNetwork;
import io.github.whisperspeedtest.mlx.network.MlxOptions;
import io.github.whisperspeedtest.mlx.network.MlxPrecision;
import io.github.whisperspeedtest.onnx.OnnxTranscribers;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.EngineOption;
import io.github.whisperspeedtest.spi.LoadOptionParser;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Apple's MLX. */
final class MlxEngine implements Engine {
    private final MlxRuntime runtime;

    MlxEngine(MlxRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public Availability availability() {
        MlxDevice device = best();
        if (device == MlxDevice.GPU) {
            return new Availability.Available(version(), description(device));
        }
        String note = runtime.refusal(MlxDevice.GPU)
                .map(problem -> "MLX's GPU is not used: " + problem.reason() + ". " + problem.remedy())
                .orElse("No GPU for MLX here.");
        return new Availability.Available(version(), description(device), true, note);
    }

    @Override
    public Optional<String> crashRisk(LoadOptions options) {
        return crashRisk(device(options));
    }

    static Optional<String> crashRisk(MlxDevice device) {
        return device == MlxDevice.GPU
                ? Optional.of("MLX ends the process where the memory of the GPU is short")
                : Optional.empty();
    }

    /**
     * Refuses a model whose weights alone fill the memory of the device: MLX would end the process.
     *
     * @param name name of the model
     * @param weights bytes of the weights, as MLX holds them
     * @param recommended how many bytes should be in use at most; empty if unknown
     * @throws EngineOutOfMemoryException if the weights have more
     */
    static void requireMemory(String name, long weights, OptionalLong recommended) {
        if (recommended.isPresent() && weights > recommended.getAsLong()) {
            throw new EngineOutOfMemoryException(String.format(
                    Locale.ROOT,
                    "The weights of model '%s' need %.1f GB, and the system recommends to use at most %.1f GB for the GPU. Use"
                            + " a smaller or quantised model, or device cpu.",
                    name,
                    weights / 1e9,
                    recommended.getAsLong() / 1e9));
        }
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        refuse(options, OnnxTranscribers.DUMP_GRAPH, "MLX makes its graph anew for every step");
        refuse(options, OnnxTranscribers.ARM_KERNELS, "MLX has kernels of its own");
        MlxDevice device = device(options);
        MlxPrecision precision = LoadOptionParser.computeType(
                        MlxImplementation.ID, options, EnumSet.allOf(MlxPrecision.class), MlxPrecision::label)
                .orElse(MlxPrecision.automatic(device));
        MlxCheckpoint model = MlxCheckpoint.read(files);
        if (device == MlxDevice.GPU) {
            requireMemory(
                    files.model(),
                    MlxNetwork.weightBytes(model.checkpoint(), precision),
                    runtime.recommendedMemory(device));
        }
        EngineParameters parameters = new EngineParameters(
                        files.model(),
                        version(),
                        options.device(),
                        description(device),
                        new StoredWeights(model).keptOr(precision.label()),
                        options.threads())
                .withStoredType(model.weightType())
                .withBuild(runtime.devices().stream()
                        .map(MlxDevice::option)
                        .collect(Collectors.joining(", ", "devices: ", "")));
        EngineParameters noted = withNotes(parameters, device, precision);
        return OnnxTranscribers.transcriber(
                MlxImplementation.ID,
                model.checkpoint(),
                () -> MlxNetwork.load(model.checkpoint(), new MlxOptions(device, precision)),
                network -> noted);
    }

    private static void refuse(LoadOptions options, EngineOption option, String reason) {
        String value = options.engineOptions().get(option.name());
        if (value != null) {
            throw new UnsupportedOptionException(
                    MlxImplementation.ID,
                    "engine-option " + option.name() + "=" + value,
                    reason + "; leave the option away, or use device " + MlxImplementation.ONNX + ".");
        }
    }

    private EngineParameters withNotes(EngineParameters parameters, MlxDevice device, MlxPrecision precision) {
        return whyOn(device)
                .map(parameters::withNote)
                .orElse(parameters)
                .withNote("computed in " + precision.label())
                .withNote("MLX chooses the number of its threads itself");
    }

    private MlxDevice device(LoadOptions options) {
        Optional<MlxDevice> requested = LoadOptionParser.device(
                MlxImplementation.ID, options, EnumSet.allOf(MlxDevice.class), MlxDevice::option);
        requested.filter(device -> !runtime.devices().contains(device)).ifPresent(device -> {
            throw new UnsupportedOptionException(
                    MlxImplementation.ID,
                    "device=" + device.option(),
                    runtime.refusal(device)
                                    .map(problem -> version() + " is not used on the " + description(device) + ": "
                                            + problem.reason() + ". " + problem.remedy())
                                    .orElse(version() + " has no " + description(device) + " here.")
                            + " Use device auto or " + best().option() + ".");
        });
        return requested.orElse(best());
    }

    private MlxDevice best() {
        return runtime.devices().get(0);
    }

    private Optional<String> whyOn(MlxDevice device) {
        if (device == MlxDevice.GPU) {
            return Optional.empty();
        }
        if (runtime.devices().contains(MlxDevice.GPU)) {
            return Optional.of("all of it on the CPU, as requested");
        }
        return Optional.of(runtime.refusal(MlxDevice.GPU)
                .map(problem -> "MLX's GPU is not used (" + problem.reason() + "): all of it on the CPU")
                .orElse("MLX has no GPU here: all of it on the CPU"));
    }

    private String version() {
        return "MLX " + runtime.version();
    }

    private static String description(MlxDevice device) {
        return device == MlxDevice.GPU ? "GPU" : "CPU";
    }
}
