package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.MlxType;

/** The compute type, which is also the storage type of weights that are not quantized. */
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

    /** Returns the name for users. */
    public String label() {
        return label;
    }

    MlxType type() {
        return type;
    }

    /** Returns the size of an element. */
    int bytes() {
        return this == FLOAT32 ? Float.BYTES : Short.BYTES;
    }

    /** Returns the default precision: 16 bits on a GPU; 32 bits on a CPU, where MLX has no fast 16-bit kernels. */
    public static MlxPrecision automatic(MlxDevice device) {
        return device == MlxDevice.GPU ? FLOAT16 : FLOAT32;
    }
}
