package io.github.whisperspeedtest.whispercpp.bindings;

import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/** {@code struct whisper_context_params} of whisper.h 1.7.1; a C {@code bool} is one byte. */
@FieldOrder({
    "use_gpu",
    "flash_attn",
    "gpu_device",
    "dtw_token_timestamps",
    "dtw_aheads_preset",
    "dtw_n_top",
    "dtw_n_heads",
    "dtw_heads",
    "dtw_mem_size"
})
public class ContextParams extends Structure {
    public byte use_gpu;
    public byte flash_attn;
    public int gpu_device;
    public byte dtw_token_timestamps;
    public int dtw_aheads_preset;
    public int dtw_n_top;
    public SizeT dtw_n_heads;
    public Pointer dtw_heads;
    public SizeT dtw_mem_size;

    /** Allocates an empty structure. */
    public ContextParams() {}

    ContextParams(Pointer pointer) {
        super(pointer);
        read();
    }

    /** Returns whether every field has whisper.cpp 1.7.1's default; another version would have a different layout. */
    public boolean holdsDefaults() {
        return use_gpu == 1
                && flash_attn == 0
                && gpu_device == 0
                && dtw_token_timestamps == 0
                && dtw_aheads_preset == 0
                && dtw_n_top == -1
                && dtw_n_heads.longValue() == 0
                && dtw_heads == null
                && dtw_mem_size.longValue() == 128L << 20;
    }

    /** The structure passed by value. */
    public static final class ByValue extends ContextParams implements Structure.ByValue {
        /** Allocates an empty structure. */
        public ByValue() {}

        /** Reads the structure at an address. */
        public ByValue(Pointer pointer) {
            super(pointer);
        }
    }
}
