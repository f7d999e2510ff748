package io.github.whisperspeedtest.torch;

import java.util.Objects;

/**
 * How a network is to be run.
 *
 * @param device what computes it
 * @param precision the type that it computes with, one of those that the device can have
 * @param threads threads to compute with on the processor, at least 1
 * @param layout how the decoder's weights lie in memory; those that compute with signed bytes have a layout of their own
 */
record TorchOptions(TorchDevice device, TorchPrecision precision, int threads, WeightLayout layout) {
    /** Checks that there is such a precision on the device. */
    public TorchOptions {
        Objects.requireNonNull(device, "device");
        if (!TorchPrecision.of(device).contains(precision)) {
            throw new IllegalArgumentException(device + " does not compute with " + precision);
        }
        Objects.requireNonNull(layout, "layout");
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, but was " + threads);
        }
    }

    /** Creates options with weights as the files have them. */
    TorchOptions(TorchDevice device, TorchPrecision precision, int threads) {
        this(device, precision, threads, WeightLayout.ROWS);
    }

    /** Returns these options with another layout. */
    TorchOptions withLayout(WeightLayout value) {
        return new TorchOptions(device, precision, threads, value);
    }
}
