package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.onnx.OnnxNetwork;
import io.github.whisperspeedtest.onnx.OnnxOptions;
import io.github.whisperspeedtest.onnx.OnnxTranscribers;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime's CPU provider, which runs the same models without MLX. */
final class PortableEngine implements Engine {
    /** Includes the engine, so that no table presents its figures as MLX's. */
    private static final String DEVICE = OnnxRuntime.CPU + " (ONNX Runtime)";

    /** What the CPU provider can make of the weights; the first one is the default. */
    static final List<Precision> PRECISIONS = List.of(
            Precision.AS_STORED,
            Precision.AS_STORED_INT8,
            Precision.FLOAT32,
            Precision.INT8,
            Precision.BLOCKWISE_8,
            Precision.BLOCKWISE_4);

    /** The reason MLX is unavailable, null if ONNX Runtime was requested. */
    private final @Nullable RuntimeUnavailableException missing;

    private final ImplementationContext context;

    private PortableEngine(@Nullable RuntimeUnavailableException missing, ImplementationContext context) {
        this.missing = missing;
        this.context = context;
    }

    /** Returns the engine as requested by the user. */
    static PortableEngine requested(ImplementationContext context) {
        return new PortableEngine(null, context);
    }

    /** Returns the engine as a fallback for MLX. */
    static PortableEngine fallbackFor(RuntimeUnavailableException missing, ImplementationContext context) {
        return new PortableEngine(missing, context);
    }

    @Override
    public Availability availability() {
        Availability onnx = OnnxRuntime.availability(context, false);
        if (missing == null) {
            return onnx;
        }
        if (onnx instanceof Availability.Available available) {
            return new Availability.Available(available.runtime(), DEVICE, true, missing.getMessage());
        }
        Availability.Unavailable both = (Availability.Unavailable) onnx;
        return new Availability.Unavailable(
                missing.reason() + "; and " + both.reason(),
                missing.remedy() + " Or for ONNX Runtime: " + both.remedy());
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        Precision precision = OnnxTranscribers.precision(MlxImplementation.ID, options, PRECISIONS);
        MlxCheckpoint model = MlxCheckpoint.read(files);
        EngineParameters parameters = new EngineParameters(
                        files.model(),
                        OnnxRuntime.start(context).version(),
                        options.device(),
                        DEVICE,
                        computeType(precision, new StoredWeights(model)),
                        options.threads())
                .withStoredType(model.weightType());
        return OnnxTranscribers.load(
                MlxImplementation.ID,
                model.checkpoint(),
                OnnxTranscribers.withEngineOptions(OnnxOptions.cpu(precision, options.threads()), options),
                network -> withNotes(parameters, network));
    }

    private static String computeType(Precision precision, StoredWeights weights) {
        return switch (precision) {
            case AS_STORED -> weights.keptOr(Precision.FLOAT32.label());
            case AS_STORED_INT8 ->
                weights.keptOr(Precision.FLOAT32.label())
                        + (weights.areQuantized() ? " " + Precision.INT8.label() : "");
            default -> weights.convertedTo(precision.label());
        };
    }

    private EngineParameters withNotes(EngineParameters parameters, OnnxNetwork network) {
        EngineParameters noted = parameters.withNote(
                missing == null
                        ? "ONNX Runtime on the CPU, as requested"
                        : "no MLX here (" + missing.reason() + "): ONNX Runtime on the CPU");
        return network.quantization().map(noted::withNote).orElse(noted);
    }
}
