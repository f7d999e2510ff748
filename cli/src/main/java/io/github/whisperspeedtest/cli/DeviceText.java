package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.format.FallbackText;
import io.github.whisperspeedtest.spi.Availability;

/**
 * The device of an implementation in words.
 *
 * @param device the device; for a fallback, with the reason
 * @param note the rest of the note, empty for none
 */
record DeviceText(String device, String note) {
    /** Returns a text such as {@code CPU (fallback: no CoreML here)}. */
    static DeviceText of(Availability.Available available) {
        return new DeviceText(
                available
                        .fallbackReason()
                        .map(reason -> FallbackText.of(available.device(), reason))
                        .orElse(available.device()),
                available.furtherNote());
    }
}
