package io.github.whisperspeedtest.torch;

import java.util.Objects;

/**
 * How a network is to be run.
 *
 * @param device what computes it
 * @param precision the type that it computes with, one of those that the device can have
 * @param threads threads to compute with on the processor, at least 1
 */
record TorchOptions(TorchDevice device, TorchPrecision precision, int threads) {
    /** Checks that there is such a precision on the device. */
    public TorchOptions {
        Objects.requireNonNull(device, "device");
        if (!TorchPrecision.of(device).contains(precision)) {
            throw new IllegalArgumentException(device + " does not compute with " + precision);
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, but was " + threads);
        }
    }
}
