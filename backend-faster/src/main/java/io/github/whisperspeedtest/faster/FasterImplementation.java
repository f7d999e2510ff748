package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.onnx.OnnxOptions;
import io.github.whisperspeedtest.onnx.OnnxTranscribers;
import io.github.whisperspeedtest.onnx.OnnxTranscribers.VadDefault;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** CTranslate2 models, as used by faster-whisper, at int8 on ONNX Runtime's CPU provider. */
public final class FasterImplementation implements Implementation {
    static final String ID = "faster";

    private static final String CPU = "cpu";

    /** Creates the provider; nothing native is loaded yet. */
    public FasterImplementation() {}

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Availability availability() {
        return OnnxRuntime.availability(false);
    }

    @Override
    public List<ModelInfo> models(Path modelsDirectory) {
        return FasterModels.in(modelsDirectory);
    }

    @Override
    public Optional<CheckpointWriter> checkpointWriter() {
        return Optional.of(new CTranslate2Writer());
    }

    @Override
    public Optional<CheckpointReader> checkpointReader() {
        return Optional.of(new CheckpointReader() {
            @Override
            public boolean recognises(ModelFiles files) {
                return files.byName().containsKey(CTranslate2Checkpoint.MODEL);
            }

            @Override
            public Checkpoint read(ModelFiles files) {
                return CTranslate2Checkpoint.read(files).checkpoint();
            }
        });
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        OnnxTranscribers.check(ID, options, List.of(CPU));
        Precision precision = OnnxTranscribers.precision(
                ID, options, Precision.INT8, Precision.FLOAT32, Precision.BLOCKWISE_8, Precision.BLOCKWISE_4);
        CTranslate2Checkpoint model = CTranslate2Checkpoint.read(files);
        EngineParameters parameters = new EngineParameters(
                files.model(),
                OnnxRuntime.get().version(),
                options.device(),
                OnnxRuntime.CPU,
                computeType(precision, model.weightType()),
                options.threads());
        return OnnxTranscribers.load(
                ID,
                files,
                model.checkpoint(),
                OnnxOptions.cpu(precision, options.threads()).withDumpGraph(options.dumpGraph()),
                VadDefault.ON,
                network -> parameters);
    }

    /** Returns the compute type, and the storage type if it differs. */
    private static String computeType(Precision precision, String stored) {
        boolean asStored = precision == Precision.INT8 && stored.startsWith(Precision.INT8.label())
                || precision.label().equals(stored);
        return asStored ? precision.label() : precision.label() + " (from " + stored + ")";
    }
}
