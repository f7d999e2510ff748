package io.github.whisperspeedtest.torch;

import java.util.EnumSet;
import java.util.Set;

/** The type that a network computes with. */
public enum TorchPrecision {
    /** 32-bit floating point. */
    FLOAT32("float32", ScalarType.FLOAT),
    /** 16-bit floating point with the exponents of the 32-bit one. */
    BFLOAT16("bfloat16", ScalarType.BFLOAT16),
    /** 16-bit floating point. */
    FLOAT16("float16", ScalarType.HALF),
    /**
     * Linear layers with signed bytes, one scale for each row of the weights and one for what they are multiplied with, worked out as the
     * network runs; the rest in 32-bit floating point. On the processor only.
     */
    INT8("int8", ScalarType.FLOAT);

    private final String label;
    private final ScalarType type;

    TorchPrecision(String label, ScalarType type) {
        this.label = label;
        this.type = type;
    }

    /** Returns what users call it. */
    String label() {
        return label;
    }

    /** Returns the type of weights that are not in linear layers, and of activations. */
    ScalarType type() {
        return type;
    }

    /** Returns the precision that is fastest on a device, by default. */
    static TorchPrecision automatic(TorchDevice device) {
        return device == TorchDevice.CPU ? FLOAT32 : FLOAT16;
    }

    /** Returns the precisions that a device can compute with. */
    static Set<TorchPrecision> offered(TorchDevice device) {
        return device == TorchDevice.CPU ? EnumSet.allOf(TorchPrecision.class) : EnumSet.complementOf(EnumSet.of(INT8));
    }
}
