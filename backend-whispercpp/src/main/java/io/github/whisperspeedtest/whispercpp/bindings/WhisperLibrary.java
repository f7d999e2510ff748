package io.github.whisperspeedtest.whispercpp.bindings;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Pointer;

/**
 * The functions of whisper.cpp that this backend calls, under their names in {@code whisper.h}; all releases from 1.7.1 on have them.
 *
 * <p>whisper-jni's own Java class is not used: it cannot cancel, reports no progress and no probabilities, and passes
 * text as Java's modified UTF-8, which garbles characters outside the basic plane.
 */
public interface WhisperLibrary extends Library {
    /** Greedy decoding at temperature 0. */
    int SAMPLING_GREEDY = 0;

    /** Beam search at temperature 0. */
    int SAMPLING_BEAM_SEARCH = 1;

    /** Receives log lines; {@code ggml_log_callback}. */
    interface LogCallback extends Callback {
        /** Called with a whole line or a part of one. */
        void invoke(int level, Pointer text, Pointer userData);
    }

    /** Called when segments were added; {@code whisper_new_segment_callback}. */
    interface NewSegmentCallback extends Callback {
        /** Called with the number of new segments. */
        void invoke(Pointer context, Pointer state, int newSegments, Pointer userData);
    }

    /** Called before each window; {@code whisper_progress_callback}. */
    interface ProgressCallback extends Callback {
        /** Called with the percentage that is done. */
        void invoke(Pointer context, Pointer state, int percent, Pointer userData);
    }

    /** Called before the encoder runs; {@code whisper_encoder_begin_callback}. */
    interface EncoderBeginCallback extends Callback {
        /** Returns 0 to end the transcription before this window, else 1: a C {@code bool}. */
        byte invoke(Pointer context, Pointer state, Pointer userData);
    }

    /** Called before each token of each hypothesis; {@code whisper_logits_filter_callback}. */
    interface LogitsFilterCallback extends Callback {
        /** Called with the tokens so far, an array of {@code whisper_token_data}. */
        void invoke(Pointer context, Pointer state, Pointer tokens, int tokenCount, Pointer logits, Pointer userData);
    }

    void whisper_log_set(LogCallback callback, Pointer userData);

    String whisper_print_system_info();

    Pointer whisper_context_default_params_by_ref();

    void whisper_free_context_params(Pointer params);

    Pointer whisper_full_default_params_by_ref(int strategy);

    void whisper_free_params(Pointer params);

    Pointer whisper_init_from_file_with_params(String path, NativeParams params);

    void whisper_free(Pointer context);

    Pointer whisper_lang_str(int id);

    int whisper_token_eot(Pointer context);

    int whisper_token_beg(Pointer context);

    Pointer whisper_token_to_str(Pointer context, int token);

    int whisper_pcm_to_mel(Pointer context, Pointer samples, int sampleCount, int threads);

    int whisper_lang_max_id();

    int whisper_lang_auto_detect(Pointer context, int offsetMillis, int threads, Pointer probabilities);

    int whisper_full(Pointer context, NativeParams params, Pointer samples, int sampleCount);

    int whisper_full_lang_id(Pointer context);

    int whisper_full_n_segments(Pointer context);

    long whisper_full_get_segment_t0(Pointer context, int segment);

    long whisper_full_get_segment_t1(Pointer context, int segment);

    Pointer whisper_full_get_segment_text(Pointer context, int segment);

    /** Returns a C {@code bool}. */
    byte whisper_full_get_segment_speaker_turn_next(Pointer context, int segment);

    int whisper_full_n_tokens(Pointer context, int segment);

    int whisper_full_get_token_id(Pointer context, int segment, int token);

    float whisper_full_get_token_p(Pointer context, int segment, int token);

    TokenData.ByValue whisper_full_get_token_data(Pointer context, int segment, int token);

    void whisper_reset_timings(Pointer context);

    void whisper_print_timings(Pointer context);
}
