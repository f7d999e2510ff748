package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.program.SearchPath;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.ConfiguredImplementation;
import io.github.whisperspeedtest.spi.EngineBuilder;
import io.github.whisperspeedtest.spi.FileSelection;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelListing;
import io.github.whisperspeedtest.spi.ModelOrigin;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryFinder;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryReport;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlFileType;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** GGML models on whisper.cpp. */
public final class WhisperCppImplementation extends ConfiguredImplementation {
    static final String ID = "whispercpp";

    /** Decides whether models have Core ML encoders. */
    private static final String OPERATING_SYSTEM = "os.name";

    private static final String CPU = "cpu";
    private static final String GPU = "gpu";

    /** {@code WHISPER_MAX_DECODERS} of whisper.cpp. */
    private static final int MAX_DECODERS = 8;

    /** {@code GGML_MAX_N_THREADS}. If the system refuses to create a thread, whisper.cpp aborts the process. */
    private static final int MAX_THREADS = 512;

    private static final Capabilities CAPABILITIES = Capabilities.sequentialDecoding()
            .range(TranscribeOption.BEAM_SIZE, 1, MAX_DECODERS)
            .range(TranscribeOption.BEST_OF, 1, MAX_DECODERS)
            .oneOf(TranscribeOption.PATIENCE)
            // whisper.cpp takes 0 for the mean over the tokens.
            .rangeAbove(TranscribeOption.LENGTH_PENALTY, 0, 1)
            // It measures repetitions by the entropy of the last tokens and never skips a window for its silence.
            .oneOf(TranscribeOption.COMPRESSION_RATIO_THRESHOLD, "off")
            .oneOf(TranscribeOption.NO_SPEECH_THRESHOLD, "off")
            // It has prompts, but for the first window only, and cannot look back over a window that it has decoded.
            .oneOf(TranscribeOption.PREFIX)
            .oneOf(TranscribeOption.HOTWORDS)
            .oneOf(TranscribeOption.HALLUCINATION_SILENCE_THRESHOLD)
            .devices(CPU, GPU)
            .computeTypes(GgmlFileType.labels())
            .maxThreads(MAX_THREADS)
            .engineOptions(WhisperCppOptions.DECLARED)
            .reads("ggml")
            .writes("ggml")
            .modelsFrom(ModelOrigin.HUB)
            .build();

    /** Creates the provider; nothing native is loaded yet. */
    public WhisperCppImplementation() {}

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<String> settings() {
        return List.of(
                LibraryFinder.DIRECTORY_VARIABLE,
                LibraryFinder.DIRECTORY_PROPERTY,
                "jna.*",
                "HOME",
                "user.home",
                OPERATING_SYSTEM);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Availability availability() {
        try {
            WhisperCppLibraries.Choice choice = new WhisperCppLibraries(context()).choose(LoadOptions.AUTO);
            LibraryReport report = choice.report();
            String device = report.hasGpu() ? "GPU (" + report.gpu() + ")" : WhisperCppRuntime.cpu(report);
            return new Availability.Available(choice.engine(), device, false, choice.note());
        } catch (RuntimeUnavailableException e) {
            return new Availability.Unavailable(e.problem());
        }
    }

    @Override
    public List<ModelInfo> models(Path modelsDirectory) {
        return WhisperCppModels.in(modelsDirectory, hasCoreMl());
    }

    @Override
    public List<ModelInfo> variants(Path modelsDirectory) {
        return WhisperCppModels.variants(modelsDirectory, hasCoreMl());
    }

    private boolean hasCoreMl() {
        return CoreMlEncoder.isSupportedOn(
                context().settings().property(OPERATING_SYSTEM).orElse(""));
    }

    /** GGML says so of buffers of every device. */
    @Override
    public boolean isOutOfMemory(String message) {
        return message.toLowerCase(Locale.ROOT).contains("failed to allocate");
    }

    @Override
    public Optional<CheckpointReader> checkpointReader() {
        return Optional.of(new GgmlReader());
    }

    @Override
    public Optional<CheckpointWriter> checkpointWriter() {
        return Optional.of(new GgmlWriter());
    }

    @Override
    public Optional<EngineBuilder> engineBuilder() {
        return Optional.of(
                new WhisperCppBuild(context().engines(), SearchPath.ofProcess(), System.getProperty("os.name")));
    }

    @Override
    public List<Path> engineFiles() {
        return new WhisperCppLibraries(context()).ownFiles();
    }

    @Override
    public Optional<FileSelection> select(ModelListing listing) {
        return GgmlFiles.select(listing);
    }

    @Override
    public boolean inspect(ModelFiles files) {
        GgmlModelFile.inspect(CoreMlEncoder.withoutEncoder(files).single());
        return true;
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        Path file = CoreMlEncoder.withoutEncoder(files).single();
        GgmlModelFile model = GgmlModelFile.inspect(file);
        String computeType = model.fileType().label();
        if (!options.computeType().equals(LoadOptions.AUTO)
                && !options.computeType().equals(computeType)) {
            throw new UnsupportedOptionException(
                    ID,
                    "compute-type=" + options.computeType(),
                    "The file " + file + " holds " + computeType + "; take a model that is quantised as wanted.");
        }
        WhisperCppRuntime runtime =
                WhisperCppRuntime.start(context(), WhisperCppOptions.of(options).library());
        if (model.needsF32Encoder() && !runtime.release().isAtLeast(1, 9, 2)) {
            // It would load, but ggml's convolution asserts 16-bit weights and ends the process.
            throw new ModelException(file + " cannot be used with " + runtime.engine()
                    + ": it stores f32 weights, which whisper.cpp reads since 1.9.2."
                    + " Use a newer library (--engine-option library=DIR), or the same model as f16 or quantized.");
        }
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
            default -> throw new IllegalArgumentException("Undeclared device " + device);
        };
    }
}
