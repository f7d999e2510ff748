package io.github.whisperspeedtest.coreml;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.onnx.OnnxNetwork;
import io.github.whisperspeedtest.onnx.OnnxOptions;
import io.github.whisperspeedtest.onnx.OnnxTranscribers;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads a network on CoreML, or on the CPU provider if it is to run there or CoreML fails.
 *
 * <p>CoreML may accept a model and fail when it first runs, so the encoder runs once while it is loaded.
 */
final class CoreMlLoader {
    static final List<Precision> ON_CPU = List.of(Precision.FLOAT32);
    static final List<Precision> ON_COREML = List.of(Precision.FLOAT16, Precision.FLOAT32);

    private final CompiledModels compiledModels;
    private final boolean hasCoreMl;
    private final NetworkLoader networks;

    /** Loads networks of the runtime. */
    interface NetworkLoader {
        OnnxNetwork load(Checkpoint checkpoint, OnnxOptions options);
    }

    /**
     * Creates a loader.
     *
     * @param hasCoreMl whether the runtime has the provider
     */
    CoreMlLoader(CompiledModels compiledModels, boolean hasCoreMl, NetworkLoader networks) {
        this.compiledModels = compiledModels;
        this.hasCoreMl = hasCoreMl;
        this.networks = networks;
    }

    /**
     * A loaded network.
     *
     * @param device where its encoder runs
     * @param precision type of its weights
     * @param fallback why it runs on the CPU provider instead of CoreML; null if it does not, or if there is no CoreML
     * @param notes for readers of results
     */
    record Loaded(
            OnnxNetwork network,
            String device,
            Precision precision,
            @Nullable String fallback,
            List<String> notes) {
        /** Adds these facts to the parameters of a transcriber. */
        EngineParameters parameters(ModelFiles files, LoadOptions options) {
            EngineParameters parameters = new EngineParameters(
                    files.model(),
                    OnnxRuntime.get().version(),
                    options.device(),
                    device,
                    precision.label(),
                    options.threads());
            if (fallback != null) {
                parameters = parameters.withFallback(fallback);
            }
            for (String note : notes) {
                parameters = parameters.withNote(note);
            }
            EngineParameters complete = OnnxTranscribers.withEngine(parameters, network);
            return network.encoderPlacement()
                    .map(placement -> complete.withNote("encoder: " + placement))
                    .orElse(complete);
        }
    }

    /**
     * Loads a network.
     *
     * @param precision the type of its weights, one of those of the device
     * @throws WhisperSpeedtestException if it cannot be loaded on the requested device
     */
    Loaded load(ModelFiles files, Checkpoint checkpoint, LoadOptions options, Precision precision) {
        boolean automatic = options.device().equals(LoadOptions.AUTO);
        Optional<ComputeUnits> units = ComputeUnits.of(options.device(), hasCoreMl);
        if (units.isEmpty()) {
            String note = hasCoreMl
                    ? "all of it on the CPU provider, as requested"
                    : "no CoreML here: all of it on the CPU provider";
            return onCpu(checkpoint, options, precision, null, note);
        }
        ComputeUnits chosen = automatic ? ComputeUnits.automatic(checkpoint.dimensions()) : units.get();
        try {
            return onCoreMl(files, checkpoint, options, precision, chosen);
        } catch (EngineException | EngineUnavailableException e) {
            String reason = reason(e);
            // The CPU provider has no float16; silently computing in another type is not what was asked for.
            if (automatic && options.computeType().equals(LoadOptions.AUTO)) {
                return fallBack(checkpoint, options, reason, e);
            }
            throw new EngineException(
                    "CoreML cannot run this model on device " + chosen.device() + ": " + reason
                            + ". Use device auto or cpu.",
                    e);
        }
    }

    private Loaded fallBack(
            Checkpoint checkpoint, LoadOptions options, String reason, WhisperSpeedtestException failure) {
        try {
            return onCpu(
                    checkpoint,
                    options,
                    ON_CPU.get(0),
                    "CoreML failed",
                    "CoreML failed (" + reason + "): all of it on the CPU provider");
        } catch (RuntimeException e) {
            e.addSuppressed(failure);
            throw e;
        }
    }

    /** Returns the first sentence of what the engine said, on one line. */
    private static String reason(Throwable failure) {
        return failure.getMessage().replaceAll("\\s+", " ").replaceFirst("\\. (Download|Use|Memory) .*", "");
    }

    private Loaded onCpu(
            Checkpoint checkpoint, LoadOptions options, Precision precision, @Nullable String fallback, String note) {
        OnnxNetwork network = networks.load(checkpoint, onnx(options, precision, null));
        return new Loaded(network, OnnxRuntime.CPU, precision, fallback, List.of(note));
    }

    private Loaded onCoreMl(
            ModelFiles files, Checkpoint checkpoint, LoadOptions options, Precision precision, ComputeUnits units) {
        String key = units.cacheKey(files, precision);
        CompiledModels.Loaded<OnnxNetwork> loaded = compiledModels.load(
                key,
                directory -> checked(networks.load(
                        checkpoint, onnx(options, precision, new OnnxOptions.CoreMl(units.value(), directory, key)))));
        long millis = loaded.value().encoderPreparation().toMillis();
        List<String> notes = new ArrayList<>();
        notes.add("encoder on CoreML, decoder on the CPU");
        notes.add(loaded.compiled() ? "compiled in " + millis + " ms" : "compiled before, loaded in " + millis + " ms");
        if (units == ComputeUnits.CPU_AND_GPU && options.device().equals(LoadOptions.AUTO)) {
            notes.add("Neural Engine not used, because compiling a model of this size for it may take hours: --device "
                    + ComputeUnits.ALL.device() + " uses it");
        }
        if (loaded.note() != null) {
            notes.add(loaded.note());
        }
        return new Loaded(loaded.value(), units.description(), precision, null, notes);
    }

    private static OnnxNetwork checked(OnnxNetwork network) {
        try {
            network.checkEncoder();
            return network;
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    private static OnnxOptions onnx(LoadOptions options, Precision precision, OnnxOptions.@Nullable CoreMl coreMl) {
        OnnxOptions onnx = new OnnxOptions(precision, options.threads(), OnnxOptions.EncoderForm.PLAIN, coreMl);
        return OnnxTranscribers.withEngineOptions(onnx, options);
    }
}
