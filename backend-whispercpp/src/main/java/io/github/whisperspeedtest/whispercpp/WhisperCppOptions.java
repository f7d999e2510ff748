package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.spi.EngineOption;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperRelease;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlVadFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The load options that only whisper.cpp has.
 *
 * @param library the library to use, see {@link WhisperCppLibraries#OPTION}
 * @param flashAttention whether to use flash attention, null for the default of the library
 * @param vadModel a GGML file of Silero's model for the detection of speech inside whisper.cpp, null for none
 * @param dtw whether word times are computed by dynamic time warping
 * @param carryPrompt whether the prompt precedes every window, not the first one only
 * @param speakerTurns whether a model that marks changes of the speaker may do so
 */
record WhisperCppOptions(
        String library,
        @Nullable Boolean flashAttention,
        @Nullable Path vadModel,
        boolean dtw,
        boolean carryPrompt,
        boolean speakerTurns) {
    private static final EngineOption FLASH_ATTENTION = new EngineOption(
            "flash-attention",
            "compute attention in one pass; the default of whisper.cpp since 1.8.0",
            EngineOption.Kind.BOOLEAN);
    private static final EngineOption VAD_MODEL = new EngineOption(
            "vad-model",
            "detect speech inside whisper.cpp 1.7.6 or later with this GGML file, such as ggml-silero-v6.2.0.bin",
            EngineOption.Kind.PATH);
    private static final EngineOption DTW = new EngineOption(
            "dtw",
            "compute word times by dynamic time warping, without flash attention; whisper.cpp 1.7.2 or later",
            EngineOption.Kind.BOOLEAN);
    private static final EngineOption CARRY_PROMPT = new EngineOption(
            "carry-prompt",
            "put the prompt before every window; whisper.cpp 1.8.1 or later",
            EngineOption.Kind.BOOLEAN);
    private static final EngineOption TINYDIARIZE = new EngineOption(
            "tinydiarize", "mark changes of the speaker; for models trained for it", EngineOption.Kind.BOOLEAN);

    /** The declarations, for the capabilities. */
    static final EngineOption[] DECLARED = {
        WhisperCppLibraries.OPTION, FLASH_ATTENTION, VAD_MODEL, DTW, CARRY_PROMPT, TINYDIARIZE
    };

    /** Reads the options, whose values have been checked against their declarations. */
    static WhisperCppOptions of(LoadOptions options) {
        Map<String, String> values = options.engineOptions();
        String flashAttention = values.get(FLASH_ATTENTION.name());
        String vadModel = values.get(VAD_MODEL.name());
        return new WhisperCppOptions(
                values.getOrDefault(WhisperCppLibraries.OPTION.name(), LoadOptions.AUTO),
                flashAttention == null ? null : Boolean.valueOf(flashAttention),
                vadModel == null ? null : Path.of(vadModel),
                Boolean.parseBoolean(values.get(DTW.name())),
                Boolean.parseBoolean(values.get(CARRY_PROMPT.name())),
                Boolean.parseBoolean(values.get(TINYDIARIZE.name())));
    }

    /**
     * Checks the options against a release.
     *
     * @throws UnsupportedOptionException if it lacks one, or if options exclude one another
     */
    void check(WhisperRelease release) {
        if (vadModel != null) {
            require(release, VAD_MODEL, release.isAtLeast(1, 7, 6), "1.7.6");
            if (!Files.isRegularFile(vadModel)) {
                throw unsupported(
                        VAD_MODEL,
                        "There is no file " + vadModel.toAbsolutePath()
                                + ". Download ggml-silero-v6.2.0.bin of the repository ggml-org/whisper-vad.");
            }
            GgmlVadFile.check(vadModel);
        }
        if (carryPrompt) {
            require(release, CARRY_PROMPT, release.isAtLeast(1, 8, 1), "1.8.1");
        }
        if (dtw) {
            // 1.7.1 computes them after it has reported the segments.
            require(release, DTW, release.isAtLeast(1, 7, 2), "1.7.2");
        }
        if (dtw && Boolean.TRUE.equals(flashAttention)) {
            throw unsupported(DTW, "whisper.cpp has no word times by DTW with flash attention; leave out one of them.");
        }
    }

    private static void require(WhisperRelease release, EngineOption option, boolean supported, String since) {
        if (!supported) {
            throw unsupported(
                    option,
                    "whisper.cpp " + release + " lacks it; " + since + " has it. Choose a library with --engine-option "
                            + WhisperCppLibraries.OPTION.name() + "=DIR.");
        }
    }

    private static UnsupportedOptionException unsupported(EngineOption option, String advice) {
        return new UnsupportedOptionException(WhisperCppImplementation.ID, option.name(), advice);
    }
}
