package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import java.util.Arrays;
import java.util.List;

/** Storage types of the weights in CTranslate2's format. */
enum Quantization {
    /** Also called {@code int8_float32} by CTranslate2. */
    INT8("int8", VariableType.INT8, DataType.F32),
    INT8_FLOAT16("int8_float16", VariableType.INT8, DataType.F16),
    FLOAT16("float16", VariableType.FLOAT16, DataType.F16),
    FLOAT32("float32", VariableType.FLOAT32, DataType.F32);

    private final String label;
    private final VariableType weights;
    private final DataType others;

    Quantization(String label, VariableType weights, DataType others) {
        this.label = label;
        this.weights = weights;
        this.others = others;
    }

    /** Returns the quantisation of the given name. */
    static Quantization of(String label) {
        return Arrays.stream(values())
                .filter(quantization -> quantization.label.equals(label))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("Unknown quantization '" + label + "', use one of " + labels()));
    }

    /** Returns the names of all, the default first. */
    static List<String> labels() {
        return Arrays.stream(values()).map(quantization -> quantization.label).toList();
    }

    /** Returns its name. */
    String label() {
        return label;
    }

    /** Returns whether the weights of projections, convolutions and the embedding are stored as signed bytes. */
    boolean isInt8() {
        return weights == VariableType.INT8;
    }

    /** Returns the type of everything that is not stored as signed bytes. */
    DataType floats() {
        return others;
    }
}
