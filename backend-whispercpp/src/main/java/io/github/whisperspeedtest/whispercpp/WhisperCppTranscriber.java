package io.github.whisperspeedtest.whispercpp;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.TranscriberLifecycle;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryReport;
import io.github.whisperspeedtest.whispercpp.bindings.NativeLog;
import io.github.whisperspeedtest.whispercpp.bindings.NativeParams;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperLibrary;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile;
import java.util.regex.Pattern;

/** One loaded GGML model: a {@code whisper_context}, used by one call at a time. */
final class WhisperCppTranscriber implements Transcriber {
    /** Maximum audio passed to whisper.cpp at once: half an hour keeps samples and spectrogram below 200 MB. */
    static final long SLICE_SAMPLES = 30L * 60 * Audio.SAMPLE_RATE;

    /** Before 1.7.3 the name is that of a kind of backend, then that of a device, such as {@code CUDA0}. */
    private static final Pattern GPU_BACKEND = Pattern.compile("whisper_backend_init_gpu: using (\\S+) backend");

    private final WhisperCppRuntime runtime;
    private final GgmlModelFile model;
    private final WhisperCppOptions engine;

    /** Native code keeps the addresses in it. */
    private final NativeParams contextParams;

    private final EngineParameters parameters;
    private final CancelFlag cancel = new CancelFlag();
    private final TranscriberLifecycle lifecycle = new TranscriberLifecycle(cancel::raise);
    private final Pointer context;
    private final long sliceSamples;

    /** Whether the encoder is compiled for whole windows. */
    private final boolean encodesWholeWindows;

    private WhisperCppTranscriber(
            WhisperCppRuntime runtime,
            GgmlModelFile model,
            WhisperCppOptions engine,
            NativeParams contextParams,
            EngineParameters parameters,
            Pointer context,
            long sliceSamples,
            boolean encodesWholeWindows) {
        this.runtime = runtime;
        this.model = model;
        this.engine = engine;
        this.contextParams = contextParams;
        this.parameters = parameters;
        this.context = context;
        this.sliceSamples = sliceSamples;
        this.encodesWholeWindows = encodesWholeWindows;
    }

    static WhisperCppTranscriber load(
            WhisperCppRuntime runtime,
            GgmlModelFile model,
            String name,
            LoadOptions options,
            boolean useGpu,
            long sliceSamples) {
        WhisperCppOptions engine = WhisperCppOptions.of(options);
        engine.check(runtime.release());
        WhisperLibrary library = runtime.functions();
        NativeParams params = runtime.library().contextParams();
        params.set("use_gpu", useGpu);
        boolean flashAttention = usesFlashAttention(engine, runtime);
        params.set("flash_attn", flashAttention);
        if (engine.dtw()) {
            DtwHeads.of(name, model.dimensions()).set(params);
        }
        try (NativeLog.Capture log = runtime.log().capture()) {
            Pointer context =
                    library.whisper_init_from_file_with_params(model.path().toString(), params);
            if (context == null) {
                throw new EngineUnavailableException(
                        "whisper.cpp could not load " + model.path() + ": " + log.lastLine() + ". "
                                + CoreMlEncoder.advice(model.path(), log.text())
                                        .orElse("The file is valid, so memory is probably insufficient: use a"
                                                + " smaller model."));
            }
            EngineParameters parameters = new EngineParameters(
                            name,
                            runtime.engine(),
                            options.device(),
                            device(runtime, log.text()),
                            model.fileType().label(),
                            options.threads())
                    .withArchitecture(model.dimensions().describe())
                    .withStoredType(model.fileType().label())
                    .withBuild(runtime.build());
            if (flashAttention) {
                parameters = parameters.withNote("flash attention");
            }
            String missing = CoreMlEncoder.fallback(model.path(), log.text()).orElse(null);
            return new WhisperCppTranscriber(
                    runtime,
                    model,
                    engine,
                    params,
                    missing == null ? parameters : parameters.withFallback(missing),
                    context,
                    sliceSamples,
                    CoreMlEncoder.loaded(log.text()).isPresent());
        }
    }

    /** It is the default of whisper.cpp since 1.8.0, and excludes word times by DTW. */
    private static boolean usesFlashAttention(WhisperCppOptions engine, WhisperCppRuntime runtime) {
        Boolean requested = engine.flashAttention();
        return requested == null ? runtime.release().isAtLeast(1, 8, 0) && !engine.dtw() : requested;
    }

    /** Returns the device that the library logged; it falls back to the CPU by itself. */
    static String device(WhisperCppRuntime runtime, String initLog) {
        var gpu = GPU_BACKEND.matcher(initLog);
        boolean used = gpu.find() && !initLog.contains("init() failed") && !initLog.contains("falling back to CPU");
        String device = used ? "GPU (" + LibraryReport.gpuName(gpu.group(1)) + ")" : runtime.cpu();
        return CoreMlEncoder.loaded(initLog)
                .map(encoder -> device + " " + encoder)
                .orElse(device);
    }

    @Override
    public EngineParameters parameters() {
        return parameters;
    }

    /** whisper.cpp has no voice activity detection here and never skips a window for its silence. */
    @Override
    public TranscribeOptions resolve(TranscribeOptions options) {
        return possible(options).toBuilder()
                .vad(false)
                .noSpeechThreshold(null)
                .conditionOnPreviousText(!NativeFullParams.isIndependent(options))
                .build();
    }

    /** Returns options without an audio context that the encoder does not have. */
    private TranscribeOptions possible(TranscribeOptions options) {
        return encodesWholeWindows
                ? options.toBuilder().audioContext(AudioContext.FULL).build()
                : options;
    }

    @Override
    public Transcription transcribe(Audio audio, TranscribeOptions options, TranscriptionListener listener) {
        return lifecycle.call(() -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new OperationCancelledException("The transcription of " + audio.name() + " was interrupted.");
            }
            try {
                return new WhisperCppRun(
                                runtime,
                                context,
                                model,
                                engine,
                                parameters,
                                audio,
                                possible(options),
                                listener,
                                cancel,
                                sliceSamples)
                        .transcribe();
            } finally {
                // The run raises it for a failure of its own. At its start it could already be raised by close().
                cancel.lower();
            }
        });
    }

    @Override
    public void close() {
        lifecycle.close(this::free);
    }

    private void free() {
        try {
            runtime.functions().whisper_free(context);
            cancel.close();
        } catch (LinkageError e) {
            throw new EngineException("whisper.cpp failed while freeing " + model.path() + ".", e);
        }
    }

    /**
     * A flag in native memory that whisper.cpp reads after every network run.
     *
     * <p>The abort callback is C's {@code strlen} on a two-byte string: 0 while the flag is clear, 1 when it is set.
     * This costs nothing, whereas a callback into Java for every token would slow down a small model.
     */
    static final class CancelFlag implements AutoCloseable {
        private final Memory text = new Memory(2);
        private boolean freed;

        CancelFlag() {
            text.clear();
        }

        static Pointer callback() {
            return NativeLibrary.getProcess().getFunction("strlen");
        }

        Pointer userData() {
            return text;
        }

        synchronized void raise() {
            if (!freed) {
                text.setByte(0, (byte) 1);
            }
        }

        synchronized void lower() {
            if (!freed) {
                text.setByte(0, (byte) 0);
            }
        }

        synchronized boolean isRaised() {
            return text.getByte(0) != 0;
        }

        @Override
        public synchronized void close() {
            freed = true;
            text.close();
        }
    }
}
