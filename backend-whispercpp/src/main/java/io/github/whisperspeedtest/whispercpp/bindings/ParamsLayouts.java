package io.github.whisperspeedtest.whispercpp.bindings;

import static io.github.whisperspeedtest.whispercpp.bindings.StructLayout.Type.BOOL;
import static io.github.whisperspeedtest.whispercpp.bindings.StructLayout.Type.FLOAT;
import static io.github.whisperspeedtest.whispercpp.bindings.StructLayout.Type.INT;
import static io.github.whisperspeedtest.whispercpp.bindings.StructLayout.Type.POINTER;
import static io.github.whisperspeedtest.whispercpp.bindings.StructLayout.Type.SIZE;

import io.github.whisperspeedtest.whispercpp.bindings.StructLayout.Field;
import io.github.whisperspeedtest.whispercpp.bindings.StructLayout.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameter structures of {@code whisper.h} with their defaults, for every release from 1.7.1 to 1.9.3.
 *
 * <p>Each field is listed once, in the order of the header, with the release that introduced it.
 */
final class ParamsLayouts {
    private static final WhisperRelease FIRST = WhisperRelease.OLDEST;
    private static final WhisperRelease VAD = new WhisperRelease(1, 7, 6);
    private static final WhisperRelease FLASH_ATTENTION = new WhisperRelease(1, 8, 0);
    private static final WhisperRelease CARRIED_PROMPT = new WhisperRelease(1, 8, 1);

    /** {@code struct whisper_full_params} with the defaults of greedy decoding; inner structures are flattened. */
    private static final List<Entry> FULL = List.of(
            entry(INT, "strategy", 0),
            // The smaller of 4 and the number of hardware threads.
            entry(INT, "n_threads", null),
            entry(INT, "n_max_text_ctx", 16384),
            entry(INT, "offset_ms", 0),
            entry(INT, "duration_ms", 0),
            entry(BOOL, "translate", false),
            entry(BOOL, "no_context", true),
            entry(BOOL, "no_timestamps", false),
            entry(BOOL, "single_segment", false),
            entry(BOOL, "print_special", false),
            entry(BOOL, "print_progress", true),
            entry(BOOL, "print_realtime", false),
            entry(BOOL, "print_timestamps", true),
            entry(BOOL, "token_timestamps", false),
            entry(FLOAT, "thold_pt", 0.01f),
            entry(FLOAT, "thold_ptsum", 0.01f),
            entry(INT, "max_len", 0),
            entry(BOOL, "split_on_word", false),
            entry(INT, "max_tokens", 0),
            entry(BOOL, "debug_mode", false),
            entry(INT, "audio_ctx", 0),
            entry(BOOL, "tdrz_enable", false),
            entry(POINTER, "suppress_regex", null),
            entry(POINTER, "initial_prompt", null),
            entry(BOOL, "carry_initial_prompt", false, CARRIED_PROMPT),
            entry(POINTER, "prompt_tokens", null),
            entry(INT, "prompt_n_tokens", 0),
            entry(POINTER, "language", "en"),
            entry(BOOL, "detect_language", false),
            entry(BOOL, "suppress_blank", true),
            // Named suppress_non_speech_tokens before 1.7.4.
            entry(BOOL, "suppress_nst", false),
            entry(FLOAT, "temperature", 0f),
            entry(FLOAT, "max_initial_ts", 1f),
            entry(FLOAT, "length_penalty", -1f),
            entry(FLOAT, "temperature_inc", 0.2f),
            entry(FLOAT, "entropy_thold", 2.4f),
            entry(FLOAT, "logprob_thold", -1f),
            entry(FLOAT, "no_speech_thold", 0.6f),
            entry(INT, "greedy.best_of", 5),
            entry(INT, "beam_search.beam_size", -1),
            entry(FLOAT, "beam_search.patience", -1f),
            entry(POINTER, "new_segment_callback", null),
            entry(POINTER, "new_segment_callback_user_data", null),
            entry(POINTER, "progress_callback", null),
            entry(POINTER, "progress_callback_user_data", null),
            entry(POINTER, "encoder_begin_callback", null),
            entry(POINTER, "encoder_begin_callback_user_data", null),
            entry(POINTER, "abort_callback", null),
            entry(POINTER, "abort_callback_user_data", null),
            entry(POINTER, "logits_filter_callback", null),
            entry(POINTER, "logits_filter_callback_user_data", null),
            entry(POINTER, "grammar_rules", null),
            entry(SIZE, "n_grammar_rules", 0L),
            entry(SIZE, "i_start_rule", 0L),
            entry(FLOAT, "grammar_penalty", 100f),
            entry(BOOL, "vad", false, VAD),
            entry(POINTER, "vad_model_path", null, VAD),
            entry(FLOAT, "vad_params.threshold", 0.5f, VAD),
            entry(INT, "vad_params.min_speech_duration_ms", 250, VAD),
            entry(INT, "vad_params.min_silence_duration_ms", 100, VAD),
            entry(FLOAT, "vad_params.max_speech_duration_s", Float.MAX_VALUE, VAD),
            entry(INT, "vad_params.speech_pad_ms", 30, VAD),
            entry(FLOAT, "vad_params.samples_overlap", 0.1f, VAD));

    private ParamsLayouts() {}

    private record Entry(Field field, WhisperRelease since) {}

    private static Entry entry(Type type, String name, @Nullable Object initial) {
        return entry(type, name, initial, FIRST);
    }

    private static Entry entry(Type type, String name, @Nullable Object initial, WhisperRelease since) {
        return new Entry(new Field(name, type, initial), since);
    }

    /** Returns the layout of {@code struct whisper_full_params}. */
    static StructLayout full(WhisperRelease release) {
        return new StructLayout(FULL.stream()
                .filter(entry -> release.compareTo(entry.since()) >= 0)
                .map(Entry::field)
                .toList());
    }

    /** Returns the layout of {@code struct whisper_context_params}. */
    static StructLayout context(WhisperRelease release) {
        return new StructLayout(List.of(
                new Field("use_gpu", BOOL, true),
                new Field("flash_attn", BOOL, release.compareTo(FLASH_ATTENTION) >= 0),
                new Field("gpu_device", INT, 0),
                new Field("dtw_token_timestamps", BOOL, false),
                new Field("dtw_aheads_preset", INT, 0),
                new Field("dtw_n_top", INT, -1),
                new Field("dtw_aheads.n_heads", SIZE, 0L),
                new Field("dtw_aheads.heads", POINTER, null),
                new Field("dtw_mem_size", SIZE, 128L << 20)));
    }
}
