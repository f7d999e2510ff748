package io.github.whisperspeedtest.whispercpp;

import com.sun.jna.Memory;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.OpenAiAlignmentHeads;
import io.github.whisperspeedtest.whispercpp.bindings.NativeParams;
import java.util.List;
import java.util.Locale;

/**
 * The attention heads that give word times by dynamic time warping.
 *
 * @param heads those of the model, none if they are unknown
 * @param layers number of layers of the decoder
 */
record DtwHeads(List<AttentionHead> heads, int layers) {
    /** {@code WHISPER_AHEADS_N_TOP_MOST}: all heads of the last layers. */
    private static final int TOP_MOST = 1;

    /** {@code WHISPER_AHEADS_CUSTOM}. */
    private static final int CUSTOM = 2;

    /**
     * whisper.cpp aborts if the attention of a window does not fit: 448 tokens times 1,500 positions of up to 23 heads in float32, some
     * copies of it included.
     */
    private static final long MEMORY_BYTES = 512L << 20;

    /** Returns the heads of a model, whose name may end in the type of its weights, such as {@code tiny-q5_1}. */
    static DtwHeads of(String model, ModelDimensions dimensions) {
        String name = model.toLowerCase(Locale.ROOT).replaceFirst("-(q\\d.*|f16|f32)$", "");
        return new DtwHeads(OpenAiAlignmentHeads.of(name, dimensions), dimensions.nTextLayer());
    }

    /** Switches word times on. For an unknown model, as in OpenAI's program, with the heads of the upper half of the layers. */
    void set(NativeParams params) {
        params.set("dtw_token_timestamps", true);
        params.set("dtw_mem_size", MEMORY_BYTES);
        if (heads.isEmpty()) {
            params.set("dtw_aheads_preset", TOP_MOST);
            params.set("dtw_n_top", (layers + 1) / 2);
            return;
        }
        Memory memory = new Memory(heads.size() * 2L * Integer.BYTES);
        for (int i = 0; i < heads.size(); i++) {
            memory.setInt(i * 2L * Integer.BYTES, heads.get(i).layer());
            memory.setInt((i * 2L + 1) * Integer.BYTES, heads.get(i).head());
        }
        params.set("dtw_aheads_preset", CUSTOM);
        params.set("dtw_aheads.n_heads", (long) heads.size());
        params.set("dtw_aheads.heads", memory);
    }
}
