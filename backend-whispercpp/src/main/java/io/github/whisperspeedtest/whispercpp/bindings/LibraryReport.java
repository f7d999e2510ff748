package io.github.whisperspeedtest.whispercpp.bindings;

import java.util.List;

/**
 * What a library of whisper.cpp says about itself.
 *
 * @param version its version as it prints it, such as {@code 1.9.3-dev}; the release that its functions tell if it is older than 1.8.0
 * @param features names of the features that it was built with or uses, such as {@code AVX2}
 * @param devices the devices of ggml's backends, none before 1.7.3
 * @param systemInfo its own description of its build, such as {@code CPU : AVX = 1 | AVX2 = 1 |}
 */
public record LibraryReport(String version, List<String> features, List<Device> devices, String systemInfo) {
    /** Copies the lists. */
    public LibraryReport {
        features = List.copyOf(features);
        devices = List.copyOf(devices);
    }

    /**
     * A device of a ggml backend.
     *
     * @param name short name, such as {@code CPU}, {@code BLAS}, {@code MTL0} or {@code CUDA0}
     * @param description name of the hardware
     * @param gpu whether it is a GPU
     */
    public record Device(String name, String description, boolean gpu) {}

    /** Returns the name of a GPU backend for people: Metal's devices are named {@code MTL0}, and so on. */
    public static String gpuName(String device) {
        return device.startsWith("MTL") ? "Metal" : device;
    }

    /** Returns the GPU that the library uses by default, empty if it can use none. */
    public String gpu() {
        if (devices.isEmpty()) {
            return features.contains("METAL") ? "Metal" : features.contains("CUDA") ? "CUDA" : "";
        }
        return devices.stream()
                .filter(Device::gpu)
                .map(device -> gpuName(device.name()))
                .findFirst()
                .orElse("");
    }

    /** Returns whether the library can use a GPU of this machine. */
    public boolean hasGpu() {
        return !gpu().isEmpty();
    }
}
