package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.spi.Availability;

/**
 * The device of an implementation in words.
 *
 * @param device the device; for a fallback, with the reason
 * @param note the rest of the note, empty for none
 */
record DeviceText(String device, String note) {
    private static final String SENTENCE_END = ". ";

    /** Returns a text such as {@code CPU (fallback: no CoreML here)}; the first sentence of the note is the reason. */
    static DeviceText of(Availability.Available available) {
        if (!available.fallback()) {
            return new DeviceText(available.device(), available.note());
        }
        int end = available.note().indexOf(SENTENCE_END);
        String reason = end < 0 ? available.note() : available.note().substring(0, end);
        String rest = end < 0 ? "" : available.note().substring(end + SENTENCE_END.length());
        // The details repeat the runtime, which has a line of its own.
        String device = available.device().replaceFirst(" \\(.*", "");
        return new DeviceText(
                device + (reason.isEmpty() ? " (fallback)" : " (fallback: " + inSentence(reason) + ")"), rest);
    }

    /** Lowers the first letter of a word, but not of a name such as MLX. */
    private static String inSentence(String sentence) {
        String text = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        boolean name = text.length() > 1 && Character.isUpperCase(text.charAt(1));
        return name ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
