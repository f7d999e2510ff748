package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.whispercpp.bindings.NativeLibraries;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** GGML models on whisper.cpp. */
public final class WhisperCppImplementation implements Implementation {
    static final String ID = "whispercpp";

    private static final String CPU = "cpu";
    private static final String GPU = "gpu";

    /** {@code GGML_MAX_N_THREADS}. If the system refuses to create a thread, whisper.cpp aborts the process. */
    private static final int MAX_THREADS = 512;

    /** Creates the provider; nothing native is loaded yet. */
    public WhisperCppImplementation() {}

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Availability availability() {
        try {
            WhisperCppRuntime runtime = WhisperCppRuntime.get();
            return new Availability.Available(runtime.version(), runtime.hasGpu() ? "GPU" : runtime.cpu());
        } catch (RuntimeUnavailableException e) {
            return new Availability.Unavailable(e.reason(), e.remedy());
        }
    }

    @Override
    public List<ModelInfo> models(Path modelsDirectory) {
        return WhisperCppModels.in(modelsDirectory);
    }

    @Override
    public Optional<CheckpointWriter> checkpointWriter() {
        return Optional.of(new GgmlWriter());
    }

    @Override
    public List<Path> engineFiles() {
        return NativeLibraries.ownFiles();
    }

    @Override
    public boolean inspect(ModelFiles files) {
        GgmlModelFile.inspect(files.single());
        return true;
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        Path file = files.single();
        GgmlModelFile model = GgmlModelFile.inspect(file);
        String computeType = model.fileType().label();
        if (!options.computeType().equals(LoadOptions.AUTO)
                && !options.computeType().equals(computeType)) {
            throw new UnsupportedOptionException(
                    ID,
                    "compute-type=" + options.computeType(),
                    "The file " + file + " holds " + computeType + "; take a model that is quantised as wanted.");
        }
        if (options.threads() > MAX_THREADS) {
            throw new UnsupportedOptionException(
                    ID,
                    "threads=" + options.threads(),
                    "Use at most " + MAX_THREADS + "; more than processors only slow it down.");
        }
        if (options.dumpGraph() != null) {
            throw new UnsupportedOptionException(
                    ID,
                    "dump-graph=" + options.dumpGraph(),
                    "whisper.cpp builds its graph anew for every step; leave it out.");
        }
        WhisperCppRuntime runtime = WhisperCppRuntime.get();
        return WhisperCppTranscriber.load(
                runtime,
                model,
                files.model(),
                options,
                useGpu(runtime, options.device()),
                WhisperCppTranscriber.SLICE_SAMPLES);
    }

    private static boolean useGpu(WhisperCppRuntime runtime, String device) {
        return switch (device) {
            case LoadOptions.AUTO -> runtime.hasGpu();
            case CPU -> false;
            case GPU -> {
                if (!runtime.hasGpu()) {
                    throw new UnsupportedOptionException(
                            ID, "device=gpu", "This whisper.cpp was built without a GPU backend. Use device cpu.");
                }
                yield true;
            }
            default -> throw new UnsupportedOptionException(ID, "device=" + device, "Use one of: auto, cpu, gpu.");
        };
    }
}
