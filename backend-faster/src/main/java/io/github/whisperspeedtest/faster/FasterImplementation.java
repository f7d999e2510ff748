package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.onnx.OnnxOptions;
import io.github.whisperspeedtest.onnx.OnnxTranscribers;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.spi.AbstractImplementation;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.FileSelection;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelListing;
import io.github.whisperspeedtest.spi.ModelOrigin;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** CTranslate2 models, as used by faster-whisper, at int8 on ONNX Runtime's CPU provider. */
public final class FasterImplementation extends AbstractImplementation {
    static final String ID = "faster";

    private static final List<Precision> PRECISIONS =
            List.of(Precision.INT8, Precision.FLOAT32, Precision.BLOCKWISE_8, Precision.BLOCKWISE_4);

    /** Creates the provider; nothing native is loaded yet. */
    public FasterImplementation() {
        super(
                ID,
                OnnxTranscribers.capabilities()
                        .vadByDefault()
                        .engineOptions(OnnxTranscribers.CROSS_ATTENTION)
                        .devices("cpu")
                        .computeTypes(PRECISIONS.stream().map(Precision::label).toList())
                        .reads("ctranslate2")
                        .writes("ctranslate2")
                        .modelsFrom(ModelOrigin.HUB)
                        .build(),
                new CTranslate2Reader(),
                new CTranslate2Writer());
    }

    @Override
    public List<String> settings() {
        return OnnxRuntime.settings();
    }

    @Override
    public Availability availability() {
        return OnnxRuntime.availability(context(), false);
    }

    @Override
    public List<ModelInfo> models(Path modelsDirectory) {
        return FasterModels.in(modelsDirectory);
    }

    @Override
    public List<ModelInfo> variants(Path modelsDirectory) {
        return FasterModels.variants(modelsDirectory);
    }

    @Override
    public Optional<FileSelection> select(ModelListing listing) {
        return CTranslate2Reader.select(listing);
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        Precision precision = OnnxTranscribers.precision(ID, options, PRECISIONS);
        CTranslate2Checkpoint model = CTranslate2Checkpoint.read(files);
        EngineParameters parameters = new EngineParameters(
                        files.model(),
                        OnnxRuntime.start(context()).version(),
                        options.device(),
                        OnnxRuntime.CPU,
                        computeType(precision, model.weightType()),
                        options.threads())
                .withStoredType(model.weightType());
        return OnnxTranscribers.load(
                ID,
                model.checkpoint(),
                OnnxTranscribers.withEngineOptions(OnnxOptions.cpu(precision, options.threads()), options),
                network -> parameters);
    }

    /** Returns the compute type, and the storage type if it differs. */
    private static String computeType(Precision precision, String stored) {
        boolean asStored = precision == Precision.INT8 && stored.startsWith(Precision.INT8.label())
                || precision.label().equals(stored);
        return asStored ? precision.label() : precision.label() + " (from " + stored + ")";
    }
}
