package io.github.whisperspeedtest.mlx.bindings;

/** What MLX computes on. */
public enum MlxDevice {
    /** The graphics processor: Metal on a Mac, CUDA where MLX was built for it. */
    GPU(1, "gpu"),
    /** The processor. */
    CPU(0, "cpu");

    private final int code;
    private final String option;

    MlxDevice(int code, String option) {
        this.code = code;
        this.option = option;
    }

    /** Returns the number of {@code mlx_device_type}. */
    int code() {
        return code;
    }

    /** Returns what users call it in options. */
    public String option() {
        return option;
    }
}
