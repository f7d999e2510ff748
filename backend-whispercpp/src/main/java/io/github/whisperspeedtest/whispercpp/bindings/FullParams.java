package io.github.whisperspeedtest.whispercpp.bindings;

import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import org.jspecify.annotations.Nullable;

/**
 * {@code struct whisper_full_params} of whisper.h 1.7.1, its two inner structures flattened; a C {@code bool} is one byte.
 *
 * <p>The fields keep the header's names, because JNA orders them by name.
 */
@FieldOrder({
    "strategy",
    "n_threads",
    "n_max_text_ctx",
    "offset_ms",
    "duration_ms",
    "translate",
    "no_context",
    "no_timestamps",
    "single_segment",
    "print_special",
    "print_progress",
    "print_realtime",
    "print_timestamps",
    "token_timestamps",
    "thold_pt",
    "thold_ptsum",
    "max_len",
    "split_on_word",
    "max_tokens",
    "debug_mode",
    "audio_ctx",
    "tdrz_enable",
    "suppress_regex",
    "initial_prompt",
    "prompt_tokens",
    "prompt_n_tokens",
    "language",
    "detect_language",
    "suppress_blank",
    "suppress_non_speech_tokens",
    "temperature",
    "max_initial_ts",
    "length_penalty",
    "temperature_inc",
    "entropy_thold",
    "logprob_thold",
    "no_speech_thold",
    "greedy_best_of",
    "beam_search_beam_size",
    "beam_search_patience",
    "new_segment_callback",
    "new_segment_callback_user_data",
    "progress_callback",
    "progress_callback_user_data",
    "encoder_begin_callback",
    "encoder_begin_callback_user_data",
    "abort_callback",
    "abort_callback_user_data",
    "logits_filter_callback",
    "logits_filter_callback_user_data",
    "grammar_rules",
    "n_grammar_rules",
    "i_start_rule",
    "grammar_penalty"
})
public class FullParams extends Structure {
    public int strategy;
    public int n_threads;
    public int n_max_text_ctx;
    public int offset_ms;
    public int duration_ms;
    public byte translate;
    public byte no_context;
    public byte no_timestamps;
    public byte single_segment;
    public byte print_special;
    public byte print_progress;
    public byte print_realtime;
    public byte print_timestamps;
    public byte token_timestamps;
    public float thold_pt;
    public float thold_ptsum;
    public int max_len;
    public byte split_on_word;
    public int max_tokens;
    public byte debug_mode;
    public int audio_ctx;
    public byte tdrz_enable;
    public @Nullable Pointer suppress_regex;
    public @Nullable Pointer initial_prompt;
    public @Nullable Pointer prompt_tokens;
    public int prompt_n_tokens;
    public @Nullable Pointer language;
    public byte detect_language;
    public byte suppress_blank;
    public byte suppress_non_speech_tokens;
    public float temperature;
    public float max_initial_ts;
    public float length_penalty;
    public float temperature_inc;
    public float entropy_thold;
    public float logprob_thold;
    public float no_speech_thold;
    public int greedy_best_of;
    public int beam_search_beam_size;
    public float beam_search_patience;
    public WhisperLibrary.@Nullable NewSegmentCallback new_segment_callback;
    public @Nullable Pointer new_segment_callback_user_data;
    public WhisperLibrary.@Nullable ProgressCallback progress_callback;
    public @Nullable Pointer progress_callback_user_data;
    public WhisperLibrary.@Nullable EncoderBeginCallback encoder_begin_callback;
    public @Nullable Pointer encoder_begin_callback_user_data;
    public @Nullable Pointer abort_callback;
    public @Nullable Pointer abort_callback_user_data;
    public WhisperLibrary.@Nullable LogitsFilterCallback logits_filter_callback;
    public @Nullable Pointer logits_filter_callback_user_data;
    public @Nullable Pointer grammar_rules;
    public SizeT n_grammar_rules;
    public SizeT i_start_rule;
    public float grammar_penalty;

    /** Allocates an empty structure. */
    public FullParams() {}

    FullParams(Pointer pointer) {
        super(pointer);
        read();
    }

    /**
     * Returns whether a library's defaults are at the expected places of this layout.
     *
     * <p>Other versions of whisper.cpp have other fields, and passing this structure to them would corrupt memory. The
     * values are those of {@code whisper_full_default_params} in 1.7.1, spread over the whole structure.
     */
    public boolean holdsDefaults() {
        return strategy == WhisperLibrary.SAMPLING_GREEDY
                && n_max_text_ctx == 16384
                && no_context == 1
                && print_progress == 1
                && print_timestamps == 1
                && thold_pt == 0.01f
                && thold_ptsum == 0.01f
                && language != null
                && language.getString(0).equals("en")
                && suppress_blank == 1
                && max_initial_ts == 1.0f
                && length_penalty == -1.0f
                && temperature_inc == 0.2f
                && entropy_thold == 2.4f
                && logprob_thold == -1.0f
                && no_speech_thold == 0.6f
                && greedy_best_of == 5
                && beam_search_beam_size == -1
                && beam_search_patience == -1.0f
                && grammar_penalty == 100.0f;
    }

    /** The structure passed by value. */
    public static final class ByValue extends FullParams implements Structure.ByValue {
        /** Allocates an empty structure. */
        public ByValue() {}

        /** Reads the structure at an address. */
        public ByValue(Pointer pointer) {
            super(pointer);
        }
    }
}
