package io.github.whisperspeedtest.mlx.bindings;

/** Type of an array's elements; the numbers are those of {@code mlx_dtype}. */
public enum MlxType {
    /** Unsigned words, as which quantised weights are packed. */
    UINT32(3),
    /** Signed words, for indices. */
    INT32(7),
    /** IEEE 754 binary16. */
    FLOAT16(9),
    /** IEEE 754 binary32. */
    FLOAT32(10),
    /** The upper half of a binary32. */
    BFLOAT16(12);

    private final int code;

    MlxType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
