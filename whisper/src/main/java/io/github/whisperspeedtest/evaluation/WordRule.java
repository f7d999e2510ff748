package io.github.whisperspeedtest.evaluation;

/**
 * Replaces a word, or the end of a word.
 *
 * @param literal the text to replace, in lower case
 * @param wholeWord whether a word must start with it; a word ends with it in any case
 * @param replacement the new text
 */
record WordRule(String literal, boolean wholeWord, String replacement) {
    static WordRule word(String literal, String replacement) {
        return new WordRule(literal, true, replacement);
    }

    static WordRule ending(String literal, String replacement) {
        return new WordRule(literal, false, replacement);
    }

    String apply(String text) {
        int found = text.indexOf(literal);
        if (found < 0) {
            return text;
        }
        StringBuilder replaced = new StringBuilder(text.length());
        int copied = 0;
        while (found >= 0) {
            int end = found + literal.length();
            boolean starts = !wholeWord || found == 0 || !TextRules.isWordCharacter(text.codePointBefore(found));
            boolean ends = end == text.length() || !TextRules.isWordCharacter(text.codePointAt(end));
            if (starts && ends) {
                replaced.append(text, copied, found).append(replacement);
                copied = end;
            }
            found = text.indexOf(literal, starts && ends ? end : found + 1);
        }
        return replaced.append(text, copied, text.length()).toString();
    }
}
