package io.github.whisperspeedtest.format;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the places where a line of a subtitle may end. None is inside a character as a reader sees it.
 *
 * <p>Java's line breaks are those of old Unicode rules that part Korean syllables and hyphenated words; only its Thai dictionary
 * is used. The marks that may not start or end a line are those of W3C, <i>Requirements for Japanese Text Layout</i>,
 * appendix A, and of Unicode Standard Annex 14.
 */
final class WordBreaks {
    /** An extended grapheme cluster. */
    private static final Pattern CHARACTER = Pattern.compile("\\X");

    private static final Set<Integer> NOT_AT_START = codePoints("、。，．・：；？！)]}）］｝〕〉》」』】〙〗〟｠’”»\"'"
            + "゛゜ヽヾゝゞ々ー〜‐゠–…‥?!‼⁇⁈⁉:;.,%％‰℃°"
            + "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
            + "｡､･｣ｰﾞﾟｧｨｩｪｫｬｭｮｯ");

    private static final Set<Integer> NOT_AT_END = codePoints("\"'([{（［｛〔〈《「『【〘〖〝｟‘“«¥￥$＄£￡#＃");

    /** Marks that French puts after a space, and that belong to the word before it. */
    private static final Set<Integer> SPACED_MARKS = codePoints("?!:;»%");

    /** A line may end after these inside a word that is too wide for it. */
    private static final Set<Integer> JOINERS = codePoints("-‐–—/");

    /** Vowels that are written before their consonant: Thai and Lao. */
    private static final Set<Integer> VOWELS_BEFORE = codePoints("เแโใไເແໂໃໄ");

    private static final Set<UnicodeScript> IDEOGRAPHS =
            EnumSet.of(UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA);

    /** Scripts without spaces between words, and without a break between any two characters. */
    private static final Set<UnicodeScript> SOUTHEAST_ASIAN =
            EnumSet.of(UnicodeScript.THAI, UnicodeScript.LAO, UnicodeScript.KHMER, UnicodeScript.MYANMAR);

    private WordBreaks() {}

    private static Set<Integer> codePoints(String characters) {
        return characters.codePoints().boxed().collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the number of characters as a reader sees them. */
    static int width(String text) {
        return (int) CHARACTER.matcher(text).results().count();
    }

    /** Returns whether a character is white space at which a line may end. No-break spaces are not. */
    static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint) || codePoint == '\u0085' || codePoint == '\u200B';
    }

    /** Returns the words of a text, each with the white space before it; together they are the text. */
    static List<String> words(String text) {
        Set<Integer> thai = thaiBreaks(text);
        List<String> words = new ArrayList<>();
        int begin = 0;
        for (int at : boundaries(text)) {
            int before = text.codePointBefore(at);
            int after = text.codePointAt(at);
            boolean ends = isSpace(after)
                    ? !isSpace(before) && !isSpacedMark(text, at) && !isSpacedOpening(text, at)
                    : !isSpace(before) && isBetweenUnspaced(before, after, thai.contains(at));
            if (ends) {
                words.add(text.substring(begin, at));
                begin = at;
            }
        }
        words.add(text.substring(begin));
        return words;
    }

    /** Returns the parts of a word that does not fit in a line: as many as needed, if it has places to break. */
    static List<String> parts(String word, int width) {
        List<String> parts = new ArrayList<>();
        int begin = 0;
        int last = 0;
        for (int at : boundaries(word)) {
            if (mayBreakInside(word, at)) {
                if (last > begin && width(word.substring(begin, at)) > width) {
                    parts.add(word.substring(begin, last));
                    begin = last;
                }
                last = at;
            }
        }
        if (last > begin && width(word.substring(begin)) > width) {
            parts.add(word.substring(begin, last));
            begin = last;
        }
        parts.add(word.substring(begin));
        return parts;
    }

    /** Returns the positions between characters. */
    private static List<Integer> boundaries(String text) {
        List<Integer> positions = new ArrayList<>();
        Matcher characters = CHARACTER.matcher(text);
        while (characters.find()) {
            if (characters.start() > 0) {
                positions.add(characters.start());
            }
        }
        return positions;
    }

    /** Returns whether only marks such as {@code ?} stand between the white space at a position and the next. */
    private static boolean isSpacedMark(String text, int space) {
        int at = space;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        int begin = at;
        while (at < text.length() && SPACED_MARKS.contains((int) text.charAt(at))) {
            at++;
        }
        return at > begin && (at == text.length() || isSpace(text.charAt(at)));
    }

    /** Returns whether a French quotation mark that opens stands alone before a position. In German it closes, after a letter. */
    private static boolean isSpacedOpening(String text, int space) {
        return text.charAt(space - 1) == '«' && (space == 1 || isSpace(text.charAt(space - 2)));
    }

    private static boolean isBetweenUnspaced(int before, int after, boolean thaiBreak) {
        if (NOT_AT_END.contains(before) || NOT_AT_START.contains(after)) {
            return false;
        }
        if (isSoutheastAsian(before) || isSoutheastAsian(after)) {
            return thaiBreak;
        }
        return isIdeograph(before) || isIdeograph(after);
    }

    private static boolean mayBreakInside(String word, int at) {
        int before = word.codePointBefore(at);
        int after = word.codePointAt(at);
        if (JOINERS.contains(before)) {
            int joined = at - Character.charCount(before);
            return joined > 0
                    && Character.isLetterOrDigit(word.codePointBefore(joined))
                    && Character.isLetterOrDigit(after);
        }
        return isSoutheastAsian(before)
                && isSoutheastAsian(after)
                && !VOWELS_BEFORE.contains(before)
                && Character.isLetter(after);
    }

    /** Also punctuation of Chinese and Japanese, which no script owns. */
    private static boolean isIdeograph(int codePoint) {
        UnicodeBlock block = UnicodeBlock.of(codePoint);
        return IDEOGRAPHS.contains(UnicodeScript.of(codePoint))
                || block == UnicodeBlock.CJK_SYMBOLS_AND_PUNCTUATION
                || block == UnicodeBlock.HALFWIDTH_AND_FULLWIDTH_FORMS;
    }

    private static boolean isSoutheastAsian(int codePoint) {
        return SOUTHEAST_ASIAN.contains(UnicodeScript.of(codePoint));
    }

    /** Returns the breaks of Java's dictionary; none if this Java has no data for Thai. */
    private static Set<Integer> thaiBreaks(String text) {
        if (text.codePoints().noneMatch(c -> UnicodeScript.of(c) == UnicodeScript.THAI)) {
            return Set.of();
        }
        BreakIterator lines = BreakIterator.getLineInstance(Locale.forLanguageTag("th"));
        lines.setText(text);
        Set<Integer> breaks = new HashSet<>();
        for (int at = lines.first(); at != BreakIterator.DONE; at = lines.next()) {
            breaks.add(at);
        }
        return breaks;
    }
}
