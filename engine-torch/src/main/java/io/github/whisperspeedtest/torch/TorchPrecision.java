package io.github.whisperspeedtest.torch;

import java.util.EnumSet;
import java.util.Set;

/** The type that a network computes with. */
enum TorchPrecision {
    /** 32-bit floating point. */
    FLOAT32("float32", ScalarType.FLOAT),
    /** 16-bit floating point with the exponents of the 32-bit one. */
    BFLOAT16("bfloat16", ScalarType.BFLOAT16),
    /** 16-bit floating point. */
    FLOAT16("float16", ScalarType.HALF),
    /**
     * Linear layers with signed bytes, one scale per weight row and one per input, computed at run time; the rest in
     * 32-bit floating point. CPU only, and only where {@link Int8Probe} finds that PyTorch computes it rightly.
     */
    INT8("int8", ScalarType.FLOAT);

    private final String label;
    private final ScalarType type;

    TorchPrecision(String label, ScalarType type) {
        this.label = label;
        this.type = type;
    }

    /** Returns the name for users. */
    String label() {
        return label;
    }

    /** Returns the type of weights that are not in linear layers, and of activations. */
    ScalarType type() {
        return type;
    }

    /** Returns the default precision of a device, its fastest. */
    static TorchPrecision automatic(TorchDevice device) {
        return device == TorchDevice.CPU ? FLOAT32 : FLOAT16;
    }

    /** Returns the precisions that there are on a kind of device. */
    static Set<TorchPrecision> of(TorchDevice device) {
        return device == TorchDevice.CPU ? EnumSet.allOf(TorchPrecision.class) : EnumSet.complementOf(EnumSet.of(INT8));
    }
}
