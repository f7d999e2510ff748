package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.EngineParameters;

/** The text for a device that replaces the intended one, the same in every list and report. */
public final class FallbackText {
    private FallbackText() {}

    /**
     * Returns a text such as {@code CPU (fallback: no CoreML here)}.
     *
     * <p>Details of the device, such as an engine that is named elsewhere, are left out.
     *
     * @param device the device in use
     * @param reason the reason for the fallback as a phrase, may be empty
     */
    public static String of(String device, String reason) {
        return device.replaceFirst(" \\(.*", "") + (reason.isEmpty() ? " (fallback)" : " (fallback: " + reason + ")");
    }

    /** Returns the device in use, with the reason for a fallback. */
    public static String of(EngineParameters parameters) {
        String fallback = parameters.fallback();
        return fallback == null ? parameters.device() : of(parameters.device(), fallback);
    }
}
