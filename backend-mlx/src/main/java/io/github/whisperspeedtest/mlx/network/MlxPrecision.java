package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.MlxType;

/** The type that is computed with, which weights that are not quantised are held in too. */
public enum MlxPrecision {
    /** 16-bit floating point. */
    FLOAT16("float16", MlxType.FLOAT16),
    /** The upper half of 32-bit floating point. */
    BFLOAT16("bfloat16", MlxType.BFLOAT16),
    /** 32-bit floating point. */
    FLOAT32("float32", MlxType.FLOAT32);

    private final String label;
    private final MlxType type;

    MlxPrecision(String label, MlxType type) {
        this.label = label;
        this.type = type;
    }

    /** Returns what users call it. */
    public String label() {
        return label;
    }

    MlxType type() {
        return type;
    }

    /** Returns what is computed with where nobody asks: 16 bits, but on a processor, where MLX has no fast kernels for them, 32. */
    public static MlxPrecision automatic(MlxDevice device) {
        return device == MlxDevice.GPU ? FLOAT16 : FLOAT32;
    }
}
