package io.github.whisperspeedtest.torch;

/** PyTorch's types of numbers, as a program names them. Source of the codes: {@code c10/core/ScalarType.h}. */
enum ScalarType {
    FLOAT(6),
    HALF(5),
    BFLOAT16(15);

    private final long code;

    ScalarType(long code) {
        this.code = code;
    }

    long code() {
        return code;
    }
}
