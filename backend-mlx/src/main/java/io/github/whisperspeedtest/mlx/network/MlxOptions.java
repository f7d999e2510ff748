package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import java.util.Objects;

/**
 * How a network is to be loaded.
 *
 * @param device what it computes on
 * @param precision what it computes with
 */
public record MlxOptions(MlxDevice device, MlxPrecision precision) {
    /** Checks that nothing is null. */
    public MlxOptions {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(precision, "precision");
    }
}
