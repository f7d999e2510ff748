package io.github.whisperspeedtest.format;

/**
 * A word of a subtitle: text that stays on one line.
 *
 * @param gap white space before it, unless it starts a line
 * @param text the word with its punctuation, without line breaks; not blank
 * @param startMillis start in milliseconds from the beginning of the audio, at least 0
 * @param endMillis end in milliseconds from the beginning of the audio, at least {@code startMillis}
 */
record SubtitleWord(String gap, String text, long startMillis, long endMillis) {}
