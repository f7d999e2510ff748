package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.MlxRuntime;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.OfferedOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * mlx-community's models on Apple's MLX, or on ONNX Runtime if MLX is not installed, which every report states.
 *
 * <p>MLX is not bundled; it is found where the user installed it.
 */
public final class MlxImplementation implements Implementation {
    static final String ID = "mlx";

    /** The device option that selects ONNX Runtime even if MLX is installed. */
    static final String ONNX = "onnx";

    private static final List<String> DEVICES = Stream.concat(
                    Arrays.stream(MlxDevice.values()).map(MlxDevice::option), Stream.of(ONNX))
            .toList();

    private static final MlxFormat FORMAT = new MlxFormat();

    /** Creates the provider; nothing native is loaded yet. */
    public MlxImplementation() {}

    @Override
    public String id() {
        return ID;
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
    public Optional<CheckpointWriter> checkpointWriter() {
        return Optional.of(FORMAT);
    }

    @Override
    public Optional<CheckpointReader> checkpointReader() {
        return Optional.of(FORMAT);
    }

    @Override
    public List<Path> engineFiles() {
        return MlxRuntime.libraries();
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        OfferedOptions.device(ID, options, DEVICES, Function.identity());
        OfferedOptions.checkThreads(ID, options);
        return engine(options.device()).load(files, options);
    }

    private static Engine engine(String device) {
        return switch (device) {
            case LoadOptions.AUTO -> automatic();
            case ONNX -> PortableEngine.requested();
            default -> onMlx(device);
        };
    }

    private static Engine automatic() {
        try {
            return new MlxEngine(MlxRuntime.start());
        } catch (RuntimeUnavailableException e) {
            return PortableEngine.fallbackFor(e);
        }
    }

    private static Engine onMlx(String device) {
        try {
            return new MlxEngine(MlxRuntime.start());
        } catch (RuntimeUnavailableException e) {
            throw new UnsupportedOptionException(
                    ID, "device=" + device, e.getMessage() + " Or use device auto or " + ONNX + ".");
        }
    }
}
