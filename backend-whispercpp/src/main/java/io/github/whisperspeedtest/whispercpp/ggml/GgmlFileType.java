package io.github.whisperspeedtest.whispercpp.ggml;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the large tensors of a GGML file are stored as, as its header states it.
 *
 * <p>Those that whisper.cpp's converter and its {@code quantize} tool can produce; source: {@code enum ggml_ftype} in ggml.h.
 */
public enum GgmlFileType {
    /** Everything in 32 bits. */
    F32(0, GgmlType.F32),
    /** Matrices in 16 bits. */
    F16(1, GgmlType.F16),
    /** Matrices in {@link GgmlType#Q4_0}. */
    Q4_0(2, GgmlType.Q4_0),
    /** Matrices in {@link GgmlType#Q4_1}. */
    Q4_1(3, GgmlType.Q4_1),
    /** Matrices in {@link GgmlType#Q8_0}. */
    Q8_0(7, GgmlType.Q8_0),
    /** Matrices in {@link GgmlType#Q5_0}. */
    Q5_0(8, GgmlType.Q5_0),
    /** Matrices in {@link GgmlType#Q5_1}. */
    Q5_1(9, GgmlType.Q5_1),
    /** Matrices in {@link GgmlType#Q2_K}. */
    Q2_K(10, GgmlType.Q2_K),
    /** Matrices in {@link GgmlType#Q3_K}. */
    Q3_K(11, GgmlType.Q3_K),
    /** Matrices in {@link GgmlType#Q4_K}. */
    Q4_K(12, GgmlType.Q4_K),
    /** Matrices in {@link GgmlType#Q5_K}. */
    Q5_K(13, GgmlType.Q5_K),
    /** Matrices in {@link GgmlType#Q6_K}. */
    Q6_K(14, GgmlType.Q6_K);

    /** Version of the block layouts; {@code GGML_QNT_VERSION}. */
    static final int QUANTIZATION_VERSION = 2;

    /** The header's number is version × this + type; {@code GGML_QNT_VERSION_FACTOR}. */
    static final int VERSION_FACTOR = 1000;

    private final int id;
    private final GgmlType type;

    GgmlFileType(int id, GgmlType type) {
        this.id = id;
        this.type = type;
    }

    /** Returns the file type of the given number, without the version, or null where there is none. */
    static @Nullable GgmlFileType ofId(int id) {
        for (GgmlFileType fileType : values()) {
            if (fileType.id == id) {
                return fileType;
            }
        }
        return null;
    }

    /** Returns the type of the matrices. */
    GgmlType type() {
        return type;
    }

    /** Returns the name that whisper.cpp's tools use, such as {@code q5_1}. */
    public String label() {
        return type.label();
    }

    /** Returns the number in the header: the converter states no version, the {@code quantize} tool does. */
    int headerValue() {
        return type.isQuantized() ? QUANTIZATION_VERSION * VERSION_FACTOR + id : id;
    }

    /**
     * Returns the type that whisper.cpp expects of a tensor.
     *
     * <p>Vectors, both positional embeddings and the biases of the convolutions, which are matrices of one column, stay in 32
     * bits; the kernels of the convolutions are never quantised; the rest is as the file type says.
     */
    GgmlType typeOf(String tensor, List<Integer> shape) {
        if (shape.size() < 2 || tensor.endsWith(".positional_embedding")) {
            return GgmlType.F32;
        }
        if (shape.size() > 2) {
            return type == GgmlType.F32 ? GgmlType.F32 : GgmlType.F16;
        }
        return type;
    }

    /** Returns the labels of all types. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(GgmlFileType::label).toList();
    }
}
