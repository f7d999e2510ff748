package io.github.whisperspeedtest.benchmark;

import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Formats untrusted text for a terminal: removes control characters, measures columns, pads, truncates and wraps.
 *
 * <p>Public because the command line uses it for its own tables and messages.
 */
public final class TerminalText {
    /**
     * Control characters and line separators, and characters that change the direction of the following text; source: Unicode
     * Standard Annex 9, "Explicit Directional Embeddings", "Overrides" and "Isolates".
     */
    private static final Pattern UNSAFE = Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]+");

    private TerminalText() {}

    /** Returns the text as one line without control characters. */
    public static String oneLine(String text) {
        return UNSAFE.matcher(text).replaceAll(" ").strip();
    }

    /** Returns the number of terminal columns of a line: 2 for wide East Asian characters and emoji, 0 for combining ones. */
    public static int columns(String text) {
        return text.codePoints().map(TerminalText::columns).sum();
    }

    /** Truncates the text to at most the given number of columns. A truncated text ends with the ellipsis. */
    public static String cut(String text, int maxColumns, String ellipsis) {
        if (columns(text) <= maxColumns) {
            return text;
        }
        int room = Math.max(0, maxColumns - ellipsis.length());
        int end = 0;
        int used = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            used += columns(codePoint);
            if (used > room) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return text.substring(0, end).stripTrailing() + ellipsis;
    }

    /** Pads the text with spaces on the right to the given number of columns. */
    public static String pad(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - columns(text)));
    }

    /** Pads the text with spaces on the left to the given number of columns. */
    public static String padLeft(String text, int columns) {
        return " ".repeat(Math.max(0, columns - columns(text))) + text;
    }

    /**
     * Wraps lines at spaces. A word that is wider than a line, such as a path, is not split.
     *
     * @param maxColumns the width of a line
     * @param indent additional indentation of continuation lines
     */
    public static String wrap(String text, int maxColumns, int indent) {
        return Arrays.stream(text.split("\n", -1))
                .map(line -> wrapLine(line, maxColumns, indent))
                .collect(Collectors.joining("\n"));
    }

    private static String wrapLine(String line, int maxColumns, int indent) {
        if (columns(line) <= maxColumns) {
            return line;
        }
        int leading = line.length() - line.stripLeading().length();
        StringBuilder wrapped = new StringBuilder(line.substring(0, leading));
        int used = leading;
        boolean first = true;
        for (String word : line.substring(leading).split(" ", -1)) {
            int width = columns(word);
            if (!first && used + 1 + width > maxColumns) {
                wrapped.append('\n').append(" ".repeat(leading + indent));
                used = leading + indent;
            } else if (!first) {
                wrapped.append(' ');
                used++;
            }
            wrapped.append(word);
            used += width;
            first = false;
        }
        return wrapped.toString();
    }

    private static int columns(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            default -> isWide(codePoint) ? 2 : 1;
        };
    }

    private static boolean isWide(int codePoint) {
        // Half-width forms of Katakana and Hangul share their scripts with the wide ones.
        if (codePoint >= 0xFF61 && codePoint <= 0xFFDC) {
            return false;
        }
        if (codePoint >= 0x1F300 && codePoint <= 0x1FAFF
                || codePoint >= 0x3000 && codePoint <= 0x303E
                || codePoint >= 0xFF01 && codePoint <= 0xFF60) {
            return true;
        }
        UnicodeScript script = UnicodeScript.of(codePoint);
        return script == UnicodeScript.HAN
                || script == UnicodeScript.HIRAGANA
                || script == UnicodeScript.KATAKANA
                || script == UnicodeScript.HANGUL
                || script == UnicodeScript.BOPOMOFO
                || script == UnicodeScript.YI;
    }
}
