package io.github.whisperspeedtest.whispercpp;

import com.sun.jna.Memory;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.whispercpp.bindings.LoadedLibrary;
import io.github.whisperspeedtest.whispercpp.bindings.NativeParams;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperLibrary;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts options to whisper.cpp's parameters, and owns the native memory that those point to. */
final class NativeFullParams {
    /** Switches the check for repetitions off: no entropy is negative. */
    private static final float BELOW_ANY_ENTROPY = -1;

    /** whisper.cpp takes 0 for no limit, and rounds this to the first timestamp. */
    private static final float ABOUT_ZERO_SECONDS = 0.001f;

    private static final int ENGLISH_ONLY_VOCABULARY = 51864;
    private static final int HUNDRED_LANGUAGES_VOCABULARY = 51866;

    /** Never skips a window for its silence: no probability is higher. Releases before 1.7.3 never do. */
    private static final float ABOVE_ANY_PROBABILITY = 2;

    private final NativeParams params;

    private NativeFullParams(NativeParams params) {
        this.params = params;
    }

    /**
     * Converts options.
     *
     * @throws UnsupportedOptionException if whisper.cpp or this model does not support an option
     */
    static NativeFullParams of(
            LoadedLibrary library,
            GgmlModelFile model,
            WhisperCppOptions engine,
            TranscribeOptions options,
            int threads) {
        check(model, options);
        boolean beams = options.beamSize() > 1;
        boolean englishOnly = isEnglishOnly(model);
        NativeParams params =
                library.fullParams(beams ? WhisperLibrary.SAMPLING_BEAM_SEARCH : WhisperLibrary.SAMPLING_GREEDY);
        NativeFullParams result = new NativeFullParams(params);
        params.set("n_threads", threads);
        params.set("print_progress", false);
        params.set("translate", options.task() == Task.TRANSLATE);
        params.set("no_timestamps", options.timestamps() == Timestamps.NONE);
        params.set("token_timestamps", options.timestamps() == Timestamps.WORD);
        // As in OpenAI's program; the library's default differs.
        params.set("suppress_nst", options.suppressTokens().contains(TranscribeOptions.DEFAULT_SUPPRESSION));
        params.set("max_initial_ts", maxInitialTimestamp(options.maxInitialTimestamp()));
        params.set("greedy.best_of", options.bestOf());
        if (beams) {
            params.set("beam_search.beam_size", options.beamSize());
        }
        List<Double> temperatures = options.temperatures();
        params.set("temperature", temperatures.get(0).floatValue());
        params.set(
                "temperature_inc", temperatures.size() == 1 ? 0 : (float) (temperatures.get(1) - temperatures.get(0)));
        Double lengthPenalty = options.lengthPenalty();
        if (lengthPenalty != null) {
            params.set("length_penalty", lengthPenalty.floatValue());
        }
        if (options.compressionRatioThreshold() == null) {
            params.set("entropy_thold", BELOW_ANY_ENTROPY);
        }
        Double logProbability = options.logProbabilityThreshold();
        params.set("logprob_thold", logProbability == null ? -Float.MAX_VALUE : logProbability.floatValue());
        params.set("no_speech_thold", ABOVE_ANY_PROBABILITY);
        if (isIndependent(options)) {
            params.set("n_max_text_ctx", 0);
        }
        result.setLanguage(englishOnly ? "en" : options.language().code());
        String text = options.prompt();
        if (text != null && !text.isBlank()) {
            params.set("initial_prompt", cString(text));
        }
        result.set(engine);
        return result;
    }

    private void set(WhisperCppOptions engine) {
        params.set("tdrz_enable", engine.speakerTurns());
        if (engine.carryPrompt()) {
            params.set("carry_initial_prompt", true);
        }
        if (engine.vadModel() != null) {
            params.set("vad", true);
            params.set("vad_model_path", cString(engine.vadModel().toString()));
        }
    }

    NativeParams byValue() {
        return params;
    }

    void setLanguage(String code) {
        params.set("language", cString(code));
    }

    /** Sets how many positions of a window the encoder computes; 0 for all. */
    void setAudioContext(int positions) {
        params.set("audio_ctx", positions);
    }

    void setPromptTokens(int[] tokens) {
        if (tokens.length == 0) {
            return;
        }
        Memory promptTokens = new Memory((long) tokens.length * Integer.BYTES);
        promptTokens.write(0, tokens, 0, tokens.length);
        params.set("prompt_tokens", promptTokens);
        params.set("prompt_n_tokens", tokens.length);
    }

    void setCallbacks(
            WhisperLibrary.NewSegmentCallback onSegments,
            WhisperLibrary.ProgressCallback onProgress,
            WhisperCppTranscriber.CancelFlag cancel) {
        params.set("new_segment_callback", onSegments);
        params.set("progress_callback", onProgress);
        params.set("abort_callback", WhisperCppTranscriber.CancelFlag.callback());
        params.set("abort_callback_user_data", cancel.userData());
    }

    /** Sets the callbacks that Java receives before each window and each token; null for none. */
    void setWindowCallbacks(
            WhisperLibrary.@Nullable EncoderBeginCallback onWindow,
            WhisperLibrary.@Nullable LogitsFilterCallback onToken) {
        params.set("encoder_begin_callback", onWindow);
        params.set("logits_filter_callback", onToken);
    }

    private static void check(GgmlModelFile model, TranscribeOptions options) {
        checkTemperatures(options.temperatures());
        if (options.prompt() != null && isIndependent(options)) {
            throw unsupported(
                    "prompt together with condition-on-previous-text=false",
                    "whisper.cpp ignores the prompt then; omit one of them.");
        }
        int vocabulary = model.dimensions().nVocab();
        options.suppressTokens().stream()
                .filter(token -> token >= vocabulary)
                .findFirst()
                .ifPresent(token -> {
                    throw unsupported("suppress-tokens=" + token, "The model has only " + vocabulary + " tokens.");
                });
        if (isEnglishOnly(model)) {
            if (options.task() == Task.TRANSLATE) {
                throw unsupported("task=translate", "The model is English-only; use a multilingual model.");
            }
            if (options.language() instanceof Language.Fixed fixed
                    && !fixed.code().equals("en")) {
                throw unsupported("language=" + fixed.code(), "The model is English-only; use a multilingual model.");
            }
        }
        if (options.language().code().equals("yue") && model.dimensions().nVocab() < HUNDRED_LANGUAGES_VOCABULARY) {
            throw unsupported("language=yue", "Cantonese requires large-v3 or a later model.");
        }
    }

    private static float maxInitialTimestamp(@Nullable Duration limit) {
        if (limit == null) {
            return 0;
        }
        return limit.isZero() ? ABOUT_ZERO_SECONDS : limit.toMillis() / 1000f;
    }

    static boolean isIndependent(TranscribeOptions options) {
        return Boolean.FALSE.equals(options.conditionOnPreviousText());
    }

    /** Returns whether the language of the recording has to be detected. */
    static boolean detectsLanguage(GgmlModelFile model, TranscribeOptions options) {
        return !isEnglishOnly(model) && options.language().equals(Language.auto());
    }

    /** whisper.cpp knows a first temperature and an increment, and goes on up to 1. */
    private static void checkTemperatures(List<Double> temperatures) {
        if (temperatures.size() == 1) {
            return;
        }
        double first = temperatures.get(0);
        double increment = temperatures.get(1) - first;
        int count = (int) Math.floor((1 - first) / increment + 1e-6) + 1;
        boolean even = temperatures.size() == count;
        for (int i = 0; i < temperatures.size() && even; i++) {
            even = Math.abs(temperatures.get(i) - (first + i * increment)) < 1e-6;
        }
        if (!even) {
            throw unsupported("temperatures=" + temperatures, "Use one temperature, or equal steps up to 1.");
        }
    }

    private static boolean isEnglishOnly(GgmlModelFile model) {
        return model.dimensions().nVocab() <= ENGLISH_ONLY_VOCABULARY;
    }

    private static UnsupportedOptionException unsupported(String option, String advice) {
        return new UnsupportedOptionException(WhisperCppImplementation.ID, option, advice);
    }

    private static Memory cString(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Memory memory = new Memory(bytes.length + 1L);
        memory.write(0, bytes, 0, bytes.length);
        memory.setByte(bytes.length, (byte) 0);
        return memory;
    }
}
