package io.github.whisperspeedtest.format;

import org.jspecify.annotations.Nullable;

/**
 * How subtitles are divided into cues and lines. Names and meanings are those of OpenAI's program (source: openai/whisper,
 * {@code SubtitlesWriter} in {@code whisper/utils.py}).
 *
 * <p>Without a line count, a cue never spans two segments. With one, cues are filled across segments, and a pause of more than
 * three seconds between the starts of two words ends a cue.
 *
 * <p>Words need times: transcribe with {@link io.github.whisperspeedtest.transcription.Timestamps#WORD}. A segment without word
 * times counts as one word that takes its whole time. A word is what stands between spaces. In Chinese and Japanese it is a
 * character with its punctuation, in Thai a word of Java's dictionary; the time of an engine's longer word is shared out by
 * the number of characters.
 *
 * <p>The width of a line is its number of characters as a reader counts them: a letter with its combining marks, or an emoji of
 * several code points, is one. A wide character is one, too, as in the usual style guides, whose limits are 42 characters for
 * Latin and 13 to 16 for Chinese, Japanese and Korean. A single word that is wider stays whole, unless it has a hyphen or a
 * slash or belongs to a script without spaces.
 *
 * @param maxLineWidth maximum number of characters in a line, at least 1; null for no limit
 * @param maxLineCount maximum number of lines in a cue, at least 1; null for no limit; requires {@code maxLineWidth}
 * @param maxWordsPerLine maximum number of words in a cue, which then has one line, at least 1; null for no limit; excludes
 *     {@code maxLineWidth}
 * @param highlightWords whether each word gets a cue of its own, in which it is underlined
 */
public record SubtitleOptions(
        @Nullable Integer maxLineWidth,
        @Nullable Integer maxLineCount,
        @Nullable Integer maxWordsPerLine,
        boolean highlightWords) {
    private static final SubtitleOptions NONE = new SubtitleOptions(null, null, null, false);

    /**
     * Checks the values and their combination. OpenAI's program accepts the excluded combinations and ignores one of the options.
     *
     * @throws IllegalArgumentException if a limit is below 1, or a limit would have no effect beside the others
     */
    public SubtitleOptions {
        check("maxLineWidth", maxLineWidth);
        check("maxLineCount", maxLineCount);
        check("maxWordsPerLine", maxWordsPerLine);
        if (maxLineCount != null && maxLineWidth == null) {
            throw new IllegalArgumentException("maxLineCount has no effect without maxLineWidth");
        }
        if (maxWordsPerLine != null && maxLineWidth != null) {
            throw new IllegalArgumentException("maxWordsPerLine and maxLineWidth exclude each other");
        }
    }

    private static void check(String name, @Nullable Integer limit) {
        if (limit != null && limit < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but was " + limit);
        }
    }

    /** Returns the options for one cue of one line per segment. */
    public static SubtitleOptions none() {
        return NONE;
    }

    /** Returns whether any option is set, so that word times are needed. */
    public boolean areSet() {
        return !equals(NONE);
    }
}
