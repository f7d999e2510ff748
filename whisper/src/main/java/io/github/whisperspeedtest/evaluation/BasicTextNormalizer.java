package io.github.whisperspeedtest.evaluation;

import java.text.Normalizer;

/**
 * The normalizer that suits every language.
 *
 * <p>The rules are those of {@code BasicTextNormalizer} (source: openai/whisper, {@code whisper/normalizers/basic.py}): lower case; what
 * stands in brackets or parentheses is left out; Unicode form NFKC; marks, symbols and punctuation become spaces; runs of white space
 * become one space.
 *
 * <p>One difference is deliberate: {@linkplain TextRules#removeInvisible characters without a glyph or a meaning} are left out.
 */
final class BasicTextNormalizer implements TextNormalizer {
    static final TextNormalizer INSTANCE = new BasicTextNormalizer();

    /**
     * Longest run of combining marks that is normalized at once; with more, their canonical reordering takes quadratic time. Source of
     * the limit: the Stream-Safe Text Format of Unicode Standard Annex 15.
     */
    private static final int MAX_MARKS = 30;

    private BasicTextNormalizer() {}

    @Override
    public String normalize(String text) {
        String words = TextRules.lowerCase(TextRules.removeInvisible(text));
        words = TextRules.removeParenthesised(TextRules.removeBracketed(words));
        words = TextRules.lowerCase(withoutSymbols(compose(words)));
        return TextRules.collapseWhiteSpace(words);
    }

    @Override
    public String name() {
        return "basic";
    }

    private static String compose(String text) {
        StringBuilder composed = new StringBuilder(text.length());
        int start = 0;
        int marks = 0;
        int next;
        for (int i = 0; i < text.length(); i = next) {
            int character = text.codePointAt(i);
            next = i + Character.charCount(character);
            marks = TextRules.isMark(character) ? marks + 1 : 0;
            if (marks == MAX_MARKS) {
                composed.append(Normalizer.normalize(text.substring(start, next), Normalizer.Form.NFKC));
                start = next;
                marks = 0;
            }
        }
        return composed.append(Normalizer.normalize(text.substring(start), Normalizer.Form.NFKC))
                .toString();
    }

    private static String withoutSymbols(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints()
                .forEach(character ->
                        kept.appendCodePoint(TextRules.isMarkSymbolOrPunctuation(character) ? ' ' : character));
        return kept.toString();
    }
}
