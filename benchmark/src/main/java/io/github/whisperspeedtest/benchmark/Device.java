package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.Locale;

/** Compares the requested device with the one that was used. */
final class Device {
    private static final String CPU = "cpu";

    /** The general word for any device but the CPU. */
    private static final String GPU = "gpu";

    private Device() {}

    /**
     * Returns whether another device was used than the requested one.
     *
     * <p>Engines add detail, as in {@code CPU (AVX2)} for {@code cpu}, and name a GPU after its interface; neither is a
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
     * Returns whether the details of the device name the engine, such as {@code CPU (ONNX Runtime)} in place of MLX; figures of one
     * engine must not pass for those of another.
     */
    static boolean namesEngine(EngineParameters parameters) {
        String device = parameters.device();
        int details = device.indexOf(" (");
        return details > 0
                && device.endsWith(")")
                && parameters.runtime().startsWith(device.substring(details + 2, device.length() - 1));
    }

    /** Returns the device for display, with the requested one where that is another. */
    static String describe(EngineParameters parameters) {
        return parameters.device() + note(parameters);
    }

    /** Returns what follows the device: nothing, or the requested one where that is another. */
    static String note(EngineParameters parameters) {
        return fellBack(parameters) ? " (not " + parameters.requestedDevice() + ")" : "";
    }
}
