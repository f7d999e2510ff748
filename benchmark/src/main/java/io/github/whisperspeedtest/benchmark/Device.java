package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.Locale;

/** Compares the device that was asked for with the one that was used. */
final class Device {
    private static final String CPU = "cpu";

    /** The general word for any device that is not the processor. */
    private static final String GPU = "gpu";

    private Device() {}

    /**
     * Returns whether another device was used than was asked for.
     *
     * <p>Engines add detail to what they were asked for, as in {@code cpu} and {@code CPU (AVX2)}, and call a graphics
     * processor by the name of its interface; neither is a difference.
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

    /** Returns the device as shown to users, with the one that was asked for where that is another. */
    static String describe(EngineParameters parameters) {
        return parameters.device() + note(parameters);
    }

    /** Returns what follows the device: nothing, or which other one was asked for. */
    static String note(EngineParameters parameters) {
        return fellBack(parameters) ? " (asked for " + parameters.requestedDevice() + ")" : "";
    }
}
