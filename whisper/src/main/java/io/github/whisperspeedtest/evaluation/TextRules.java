package io.github.whisperspeedtest.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Rules that both normalizers share. Each takes time proportional to the length of the text. */
final class TextRules {
    /** White space of Python's {@code str.isspace}, which also has the four separators of ASCII. */
    static final String SPACE = "[\\p{IsWhite_Space}\\x1C-\\x1F]";

    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;
    private static final int GRAPHEME_JOINER = 0x34F;
    private static final int FIRST_VARIATION_SELECTOR = 0xFE00;
    private static final int LAST_VARIATION_SELECTOR = 0xFE0F;

    /** Most characters that are converted to lower case at once. */
    private static final int MAX_PIECE = 4096;

    private static final Pattern SPACES = Pattern.compile(SPACE + "+");

    private static final int MARKS =
            1 << Character.NON_SPACING_MARK | 1 << Character.COMBINING_SPACING_MARK | 1 << Character.ENCLOSING_MARK;

    private static final int SYMBOLS = 1 << Character.MATH_SYMBOL
            | 1 << Character.CURRENCY_SYMBOL
            | 1 << Character.MODIFIER_SYMBOL
            | 1 << Character.OTHER_SYMBOL;

    private static final int PUNCTUATION = 1 << Character.CONNECTOR_PUNCTUATION
            | 1 << Character.DASH_PUNCTUATION
            | 1 << Character.START_PUNCTUATION
            | 1 << Character.END_PUNCTUATION
            | 1 << Character.INITIAL_QUOTE_PUNCTUATION
            | 1 << Character.FINAL_QUOTE_PUNCTUATION
            | 1 << Character.OTHER_PUNCTUATION;

    private TextRules() {}

    /**
     * Removes characters without a glyph that do not belong to the spelling of a word: byte order mark, soft hyphen, zero-width space,
     * direction marks, variation selectors. The zero-width joiner and non-joiner stay, because Persian and Indian words are spelt with
     * them.
     */
    static String removeInvisible(String text) {
        if (text.codePoints().noneMatch(TextRules::isInvisible)) {
            return text;
        }
        StringBuilder visible = new StringBuilder(text.length());
        text.codePoints().filter(character -> !isInvisible(character)).forEach(visible::appendCodePoint);
        return visible.toString();
    }

    private static boolean isInvisible(int character) {
        return Character.getType(character) == Character.FORMAT
                        && character != ZERO_WIDTH_JOINER
                        && character != ZERO_WIDTH_NON_JOINER
                || character == GRAPHEME_JOINER
                || character >= FIRST_VARIATION_SELECTOR && character <= LAST_VARIATION_SELECTOR;
    }

    /**
     * Returns the text in lower case. Java needs quadratic time for many letters that become two, so the text is processed in pieces that
     * end at a space, if there is one.
     */
    static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        int start = 0;
        while (text.length() - start > MAX_PIECE) {
            int space = text.lastIndexOf(' ', start + MAX_PIECE);
            int end = space > start ? space : text.offsetByCodePoints(start, MAX_PIECE / 2);
            lower.append(text.substring(start, end).toLowerCase(Locale.ROOT));
            start = end;
        }
        return lower.append(text.substring(start).toLowerCase(Locale.ROOT)).toString();
    }

    /** Removes each bracket with the text up to the next closing one, of either kind: {@code [Music]}, {@code <i>}. */
    static String removeBracketed(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        int from = 0;
        int end = -1;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '<' || text.charAt(i) == '[') {
                end = firstOf(text, '>', ']', i);
                if (end < 0) {
                    break;
                }
                kept.append(text, from, i);
                from = end + 1;
                i = end;
            }
        }
        return kept.append(text, from, text.length()).toString();
    }

    private static int firstOf(String text, char one, char other, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == one || text.charAt(i) == other) {
                return i;
            }
        }
        return -1;
    }

    /** Removes each opening parenthesis with the text up to the next closing one, but not an empty pair. */
    static String removeParenthesised(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        int from = 0;
        int open = text.indexOf('(');
        while (open >= 0) {
            int close = text.indexOf(')', open);
            if (close < 0) {
                break;
            }
            if (close > open + 1) {
                kept.append(text, from, open);
                from = close + 1;
            }
            open = text.indexOf('(', close);
        }
        return kept.append(text, from, text.length()).toString();
    }

    /** Makes runs of white space one space, and removes those at the ends. */
    static String collapseWhiteSpace(String text) {
        return SPACES.matcher(text).replaceAll(" ").strip();
    }

    /** Returns what stands between white space. */
    static List<String> split(String text) {
        String words = collapseWhiteSpace(text);
        return words.isEmpty() ? List.of() : List.of(words.split(" "));
    }

    static boolean isMark(int character) {
        return (MARKS >> Character.getType(character) & 1) != 0;
    }

    static boolean isMarkSymbolOrPunctuation(int character) {
        return ((MARKS | SYMBOLS | PUNCTUATION) >> Character.getType(character) & 1) != 0;
    }

    /** Returns whether a character belongs to a word as regular expressions of Python see it: a letter, a number or an underscore. */
    static boolean isWordCharacter(int character) {
        return switch (Character.getType(character)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.LETTER_NUMBER,
                    Character.OTHER_NUMBER -> true;
            default -> character == '_';
        };
    }
}
