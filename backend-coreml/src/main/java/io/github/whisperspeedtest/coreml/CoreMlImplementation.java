package io.github.whisperspeedtest.coreml;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.model.HuggingFaceFormat;
import io.github.whisperspeedtest.model.HuggingFaceModels;
import io.github.whisperspeedtest.onnx.OnnxNetwork;
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
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * OpenAI's models from Hugging Face, with the encoder on Apple's CoreML if available and the decoder on the CPU.
 *
 * <p>A decoder step is a few milliseconds of memory traffic, and passing it to another processor would take as long.
 * Therefore only the encoder, which is most of the arithmetic, runs on CoreML. Without CoreML, the same graphs run on
 * the CPU provider, which every report states.
 */
public final class CoreMlImplementation extends AbstractImplementation {
    static final String ID = "coreml";

    private static final HuggingFaceFormat FORMAT = new HuggingFaceFormat();

    /** Creates the provider; nothing native is loaded yet. */
    public CoreMlImplementation() {
        super(
                ID,
                OnnxTranscribers.capabilities()
                        // CoreML compiles the encoder for one shape.
                        .oneOf(TranscribeOption.AUDIO_CONTEXT)
                        .devices(ComputeUnits.devices())
                        .computeTypes(CoreMlLoader.ON_COREML.stream()
                                .map(Precision::label)
                                .toList())
                        .reads("huggingface")
                        .writes("huggingface")
                        .modelsFrom(ModelOrigin.HUB)
                        .build(),
                FORMAT,
                FORMAT);
    }

    @Override
    public List<String> settings() {
        return OnnxRuntime.settings();
    }

    @Override
    public Availability availability() {
        return OnnxRuntime.availability(context(), true);
    }

    @Override
    public List<ModelInfo> models(Path modelsDirectory) {
        return HuggingFaceModels.in(modelsDirectory, ID);
    }

    @Override
    public List<ModelInfo> variants(Path modelsDirectory) {
        return HuggingFaceModels.variants();
    }

    @Override
    public Optional<FileSelection> select(ModelListing listing) {
        return HuggingFaceFormat.select(listing);
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        boolean hasCoreMl = OnnxRuntime.start(context()).hasCoreMl();
        boolean onCoreMl = ComputeUnits.of(options.device(), hasCoreMl).isPresent();
        Precision precision =
                OnnxTranscribers.precision(ID, options, onCoreMl ? CoreMlLoader.ON_COREML : CoreMlLoader.ON_CPU);
        Checkpoint checkpoint = FORMAT.read(files);
        CompiledModels compiled = CompiledModels.in(context().cache(), Path.of(System.getProperty("java.io.tmpdir")));
        CoreMlLoader loader = new CoreMlLoader(compiled, hasCoreMl, OnnxNetwork::load);
        return OnnxTranscribers.transcriber(
                ID,
                checkpoint,
                () -> loader.load(files, checkpoint, options, precision),
                CoreMlLoader.Loaded::network,
                loaded -> loaded.parameters(files, options).withStoredType(checkpoint.storedType()));
    }
}
