package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.format.FallbackText;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.Locale;

/** Compares the requested device with the one that was used. */
final class Device {
    private static final String CPU = "cpu";

    /** Stands for any device except the CPU. */
    private static final String GPU = "gpu";

    private Device() {}

    /**
     * Returns whether the device differs from the requested one.
     *
     * <p>Engines add details, as in {@code CPU (AVX2)} for {@code cpu}, and name a GPU after its interface. Neither counts as a
     * difference.
     */
    static boolean fellBack(EngineParameters parameters) {
        String requested = parameters.requestedDevice().strip().toLowerCase(Locale.ROOT);
        String actual = parameters.device().strip().toLowerCase(Locale.ROOT);
        if (requested.equals(LoadOptions.AUTO) || names(actual, requested)) {
            return false;
        }
        return !requested.equals(GPU) || names(actual, CPU);
    }

    private static boolean names(String actual, String device) {
        return actual.startsWith(device)
                && (actual.length() == device.length() || !Character.isLetterOrDigit(actual.charAt(device.length())));
    }

    /**
     * Returns whether the details of the device name the engine, such as {@code CPU (ONNX Runtime)} for {@code mlx} without MLX. A report
     * must always show such details, so that results of one engine are not mistaken for those of another.
     */
    static boolean namesEngine(EngineParameters parameters) {
        String device = parameters.device();
        int details = device.indexOf(" (");
        return details > 0
                && device.endsWith(")")
                && parameters.runtime().startsWith(device.substring(details + 2, device.length() - 1));
    }

    /** Returns the device for display, with the reason for a fallback and with the requested device if that differs. */
    static String describe(EngineParameters parameters) {
        return FallbackText.of(parameters) + note(parameters);
    }

    /** Returns the suffix for the device: the requested device if that differs, otherwise empty. */
    static String note(EngineParameters parameters) {
        return fellBack(parameters) ? " (not " + parameters.requestedDevice() + ")" : "";
    }
}
