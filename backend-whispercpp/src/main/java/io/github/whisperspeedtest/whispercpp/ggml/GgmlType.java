package io.github.whisperspeedtest.whispercpp.ggml;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the elements of a tensor are stored: one by one, or in blocks that share a scale.
 *
 * <p>Those that whisper.cpp's own tools write; source: {@code enum ggml_type} in ggml.h and the block structs in ggml-common.h.
 */
enum GgmlType {
    /** IEEE 754 binary32. */
    F32(0, 1, 4),
    /** IEEE 754 binary16. */
    F16(1, 1, 2),
    /** 4 bits, a scale. */
    Q4_0(2, 32, 2 + 16),
    /** 4 bits, a scale and a minimum. */
    Q4_1(3, 32, 2 + 2 + 16),
    /** 5 bits, a scale. */
    Q5_0(6, 32, 2 + 4 + 16),
    /** 5 bits, a scale and a minimum. */
    Q5_1(7, 32, 2 + 2 + 4 + 16),
    /** 8 bits, a scale. */
    Q8_0(8, 32, 2 + 32),
    /** 2 bits in super-blocks. */
    Q2_K(10, 256, 16 + 64 + 2 + 2),
    /** 3 bits in super-blocks. */
    Q3_K(11, 256, 32 + 64 + 12 + 2),
    /** 4 bits in super-blocks. */
    Q4_K(12, 256, 2 + 2 + 12 + 128),
    /** 5 bits in super-blocks. */
    Q5_K(13, 256, 2 + 2 + 12 + 32 + 128),
    /** 6 bits in super-blocks. */
    Q6_K(14, 256, 128 + 64 + 16 + 2);

    private final int id;
    private final int blockSize;
    private final int blockBytes;

    GgmlType(int id, int blockSize, int blockBytes) {
        this.id = id;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    /** Returns the type with the given number in a file, or null where there is none. */
    static @Nullable GgmlType ofId(int id) {
        for (GgmlType type : values()) {
            if (type.id == id) {
                return type;
            }
        }
        return null;
    }

    /** Returns the number that stands for it in a file. */
    int id() {
        return id;
    }

    /** Returns how many neighbouring elements of a row make a block. */
    int blockSize() {
        return blockSize;
    }

    /** Returns the size of a block in bytes. */
    int blockBytes() {
        return blockBytes;
    }

    /** Tells whether elements share a scale. */
    boolean isQuantized() {
        return blockSize > 1;
    }

    /** Returns the bytes of so many elements, a multiple of {@link #blockSize()}. */
    long byteCount(long elements) {
        return elements / blockSize * blockBytes;
    }

    /** Returns the name that whisper.cpp's tools use, such as {@code q5_1}. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
