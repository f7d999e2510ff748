package io.github.whisperspeedtest.microphone;

/**
 * A device that records.
 *
 * @param name the name by which {@link Microphones#open} finds it
 * @param description what the system says about it, possibly empty
 */
public record MicrophoneInfo(String name, String description) {}
