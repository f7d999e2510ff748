package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.MlxRuntime;
import io.github.whisperspeedtest.mlx.network.MlxPrecision;
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
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * mlx-community's models on Apple's MLX, or on ONNX Runtime if MLX is not installed, which every report states.
 *
 * <p>MLX is not bundled; it is found where the user installed it.
 */
public final class MlxImplementation extends AbstractImplementation {
    static final String ID = "mlx";

    /** The device option that selects ONNX Runtime even if MLX is installed. */
    static final String ONNX = "onnx";

    private static final MlxFormat FORMAT = new MlxFormat();

    /** Creates the provider; nothing native is loaded yet. */
    public MlxImplementation() {
        super(
                ID,
                OnnxTranscribers.capabilities()
                        .devices(Arrays.stream(MlxDevice.values())
                                .map(MlxDevice::option)
                                .toList())
                        .devices(ONNX)
                        .computeTypes(Arrays.stream(MlxPrecision.values())
                                .map(MlxPrecision::label)
                                .toList())
                        .computeTypes(PortableEngine.PRECISIONS.stream()
                                .map(Precision::label)
                                .toList())
                        .reads("mlx")
                        .writes("mlx")
                        .modelsFrom(ModelOrigin.HUB)
                        .build(),
                FORMAT,
                FORMAT);
    }

    @Override
    public List<String> settings() {
        return Stream.of(MlxRuntime.settings(), OnnxRuntime.settings())
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public Availability availability() {
        return automatic().availability();
    }

    @Override
    public List<ModelInfo> models(Path modelsDirectory) {
        return MlxModels.in(modelsDirectory);
    }

    @Override
    public List<ModelInfo> variants(Path modelsDirectory) {
        return MlxModels.variants(modelsDirectory);
    }

    @Override
    public List<Path> engineFiles() {
        return MlxRuntime.libraries(context());
    }

    @Override
    public Optional<FileSelection> select(ModelListing listing) {
        return MlxFormat.select(listing);
    }

    @Override
    public Optional<String> crashRisk(LoadOptions options) {
        return engine(options.device()).crashRisk(options);
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        return engine(options.device()).load(files, options);
    }

    private Engine engine(String device) {
        return switch (device) {
            case LoadOptions.AUTO -> automatic();
            case ONNX -> PortableEngine.requested(context());
            default -> onMlx(device);
        };
    }

    private Engine automatic() {
        try {
            return new MlxEngine(MlxRuntime.start(context()));
        } catch (RuntimeUnavailableException e) {
            return PortableEngine.fallbackFor(e, context());
        }
    }

    private Engine onMlx(String device) {
        try {
            return new MlxEngine(MlxRuntime.start(context()));
        } catch (RuntimeUnavailableException e) {
            throw new UnsupportedOptionException(
                    ID, "device=" + device, e.getMessage() + " Or use device auto or " + ONNX + ".");
        }
    }
}
