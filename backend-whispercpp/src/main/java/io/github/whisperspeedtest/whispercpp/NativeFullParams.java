package io.github.whisperspeedtest.whispercpp;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.whispercpp.bindings.FullParams;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperLibrary;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts options to whisper.cpp's parameters, and owns the native memory that those point to. */
final class NativeFullParams implements AutoCloseable {
    /** Switches the check for repetitions off: no entropy is negative. */
    private static final float BELOW_ANY_ENTROPY = -1;

    /** whisper.cpp takes 0 for no limit, and rounds this to the first timestamp. */
    private static final float ABOUT_ZERO_SECONDS = 0.001f;

    private static final int ENGLISH_ONLY_VOCABULARY = 51864;
    private static final int HUNDRED_LANGUAGES_VOCABULARY = 51866;

    private final WhisperLibrary library;
    private final Pointer defaults;
    private final FullParams.ByValue params;
    private @Nullable Memory language;
    private @Nullable Memory prompt;
    private @Nullable Memory promptTokens;

    private NativeFullParams(WhisperLibrary library, int strategy) {
        this.library = library;
        defaults = library.whisper_full_default_params_by_ref(strategy);
        params = new FullParams.ByValue(defaults);
    }

    /**
     * Converts options.
     *
     * @throws UnsupportedOptionException if whisper.cpp or this model does not support an option
     */
    static NativeFullParams of(WhisperLibrary library, GgmlModelFile model, TranscribeOptions options, int threads) {
        check(model, options);
        boolean beams = options.beamSize() > 1;
        boolean englishOnly = isEnglishOnly(model);
        NativeFullParams result = new NativeFullParams(
                library, beams ? WhisperLibrary.SAMPLING_BEAM_SEARCH : WhisperLibrary.SAMPLING_GREEDY);
        FullParams params = result.params;
        params.n_threads = threads;
        params.print_progress = 0;
        params.translate = bool(options.task() == Task.TRANSLATE);
        params.no_timestamps = bool(options.timestamps() == Timestamps.NONE);
        params.token_timestamps = bool(options.timestamps() == Timestamps.WORD);
        // As in OpenAI's program; the library's default differs.
        params.suppress_non_speech_tokens =
                bool(options.suppressTokens().contains(TranscribeOptions.DEFAULT_SUPPRESSION));
        params.max_initial_ts = maxInitialTimestamp(options.maxInitialTimestamp());
        params.greedy_best_of = options.bestOf();
        if (beams) {
            params.beam_search_beam_size = options.beamSize();
        }
        List<Double> temperatures = options.temperatures();
        params.temperature = temperatures.get(0).floatValue();
        params.temperature_inc = temperatures.size() == 1 ? 0 : (float) (temperatures.get(1) - temperatures.get(0));
        Double lengthPenalty = options.lengthPenalty();
        if (lengthPenalty != null) {
            params.length_penalty = lengthPenalty.floatValue();
        }
        if (options.compressionRatioThreshold() == null) {
            params.entropy_thold = BELOW_ANY_ENTROPY;
        }
        Double logProbability = options.logProbabilityThreshold();
        params.logprob_thold = logProbability == null ? -Float.MAX_VALUE : logProbability.floatValue();
        if (isIndependent(options)) {
            params.n_max_text_ctx = 0;
        }
        result.setLanguage(englishOnly ? "en" : options.language().code());
        String text = options.prompt();
        if (text != null && !text.isBlank()) {
            result.prompt = cString(text);
            params.initial_prompt = result.prompt;
        }
        return result;
    }

    FullParams.ByValue byValue() {
        return params;
    }

    void setLanguage(String code) {
        language = cString(code);
        params.language = language;
    }

    void setPromptTokens(int[] tokens) {
        if (tokens.length == 0) {
            return;
        }
        promptTokens = new Memory((long) tokens.length * Integer.BYTES);
        promptTokens.write(0, tokens, 0, tokens.length);
        params.prompt_tokens = promptTokens;
        params.prompt_n_tokens = tokens.length;
    }

    void setCallbacks(
            WhisperLibrary.NewSegmentCallback onSegments,
            WhisperLibrary.ProgressCallback onProgress,
            WhisperCppTranscriber.CancelFlag cancel) {
        params.new_segment_callback = onSegments;
        params.progress_callback = onProgress;
        params.abort_callback = WhisperCppTranscriber.CancelFlag.callback();
        params.abort_callback_user_data = cancel.userData();
    }

    /** Sets the callbacks that Java receives before each window and each token; null for none. */
    void setWindowCallbacks(
            WhisperLibrary.@Nullable EncoderBeginCallback onWindow,
            WhisperLibrary.@Nullable LogitsFilterCallback onToken) {
        params.encoder_begin_callback = onWindow;
        params.logits_filter_callback = onToken;
    }

    @Override
    public void close() {
        library.whisper_free_params(defaults);
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

    private static byte bool(boolean value) {
        return (byte) (value ? 1 : 0);
    }

    private static Memory cString(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Memory memory = new Memory(bytes.length + 1L);
        memory.write(0, bytes, 0, bytes.length);
        memory.setByte(bytes.length, (byte) 0);
        return memory;
    }
}
