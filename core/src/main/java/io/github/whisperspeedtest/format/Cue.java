package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Transcription;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A segment for line-based formats, or a part of subtitles. Its times do not run backwards.
 *
 * @param startMillis start in milliseconds from the beginning of the audio, at least 0
 * @param endMillis end in milliseconds from the beginning of the audio, at least {@code startMillis}
 * @param text the text without surrounding white space; not blank. That of a segment has no line breaks, that of a subtitle no
 *     blank line
 */
record Cue(long startMillis, long endMillis, String text) {
    private static final Pattern LINE_BREAKS = Pattern.compile("\\s*[\\n\\u000B\\f\\r\\u0085\\u2028\\u2029]\\s*");

    /** Also matches longer arrows, because replacing only {@code -->} in {@code --->} would leave {@code -->}. */
    private static final Pattern ARROW = Pattern.compile("-{2,}>");

    /** Returns a cue for each segment that has text. */
    static List<Cue> of(Transcription transcription) {
        return transcription.segments().stream()
                .map(Cue::of)
                .filter(cue -> !cue.text.isEmpty())
                .toList();
    }

    private static Cue of(Segment segment) {
        long start = Math.max(0, millis(segment.start()));
        long end = Math.max(start, millis(segment.end()));
        return new Cue(start, end, withoutLineBreaks(segment.text().strip()).strip());
    }

    /** Returns the text with a space for each line break. */
    static String withoutLineBreaks(String text) {
        return LINE_BREAKS.matcher(text).replaceAll(" ");
    }

    /** Returns a time in milliseconds, rounded to the nearest. */
    static long millis(Duration offset) {
        return offset.plusNanos(500_000).toMillis();
    }

    /** Returns the text without {@code -->}, which players would take for a line with times. */
    String textWithoutArrow() {
        return ARROW.matcher(text).replaceAll("->");
    }

    /** Returns the line with the start and end time of a subtitle. */
    String timeLine(boolean alwaysHours, char decimalMark) {
        return time(startMillis, alwaysHours, decimalMark) + " --> " + time(endMillis, alwaysHours, decimalMark);
    }

    private static String time(long millis, boolean alwaysHours, char decimalMark) {
        StringBuilder time = new StringBuilder(12);
        long hours = millis / 3_600_000;
        if (alwaysHours || hours > 0) {
            appendPadded(time, hours, 2).append(':');
        }
        appendPadded(time, millis / 60_000 % 60, 2).append(':');
        appendPadded(time, millis / 1000 % 60, 2).append(decimalMark);
        return appendPadded(time, millis % 1000, 3).toString();
    }

    private static StringBuilder appendPadded(StringBuilder target, long number, int digits) {
        String text = Long.toString(number);
        return target.append("0".repeat(Math.max(0, digits - text.length()))).append(text);
    }
}
