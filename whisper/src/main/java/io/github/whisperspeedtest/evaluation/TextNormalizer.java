package io.github.whisperspeedtest.evaluation;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Normalizes texts so that only differences in words remain.
 *
 * <p>The rules are those of {@code BasicTextNormalizer} (source: openai/whisper, {@code whisper/normalizers/basic.py}),
 * which suit every language: lower case; what stands in brackets or parentheses is left out; Unicode form NFKC; marks,
 * symbols and punctuation become spaces; runs of white space become one space. White space around the text is removed
 * as well.
 *
 * <p>Beyond these rules, characters without a glyph of their own are left out: byte order mark, soft hyphen, zero-width
 * spaces and joiners, direction marks, variation selectors. They are invisible, so they must not change a word.
 */
public final class TextNormalizer {
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cf}\\x{34F}\\x{FE00}-\\x{FE0F}]");
    private static final Pattern BRACKETED = Pattern.compile("[<\\[][^>\\]]*[>\\]]");
    private static final Pattern PARENTHESISED = Pattern.compile("\\([^)]+\\)");
    private static final Pattern MARKS_SYMBOLS_PUNCTUATION = Pattern.compile("[\\p{M}\\p{S}\\p{P}]");
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private TextNormalizer() {}

    /** Returns the text in its normal form. */
    public static String normalize(String text) {
        String words = INVISIBLE.matcher(text).replaceAll("").toLowerCase(Locale.ROOT);
        words = BRACKETED.matcher(words).replaceAll("");
        words = PARENTHESISED.matcher(words).replaceAll("");
        words = Normalizer.normalize(words, Normalizer.Form.NFKC);
        words = MARKS_SYMBOLS_PUNCTUATION.matcher(words).replaceAll(" ").toLowerCase(Locale.ROOT);
        return WHITE_SPACE.matcher(words).replaceAll(" ").strip();
    }

    /** Returns the words of the text in its normal form: whatever stands between spaces. */
    static List<String> words(String text) {
        String normal = normalize(text);
        return normal.isEmpty() ? List.of() : List.of(normal.split(" "));
    }
}
