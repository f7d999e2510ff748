package io.github.whisperspeedtest.streaming;

import java.text.Normalizer;
import java.util.Locale;

/** Compares words of two hypotheses without their case and punctuation, which change while a sentence grows. */
final class WordKeys {
    private WordKeys() {}

    static String of(String word) {
        String normal = Normalizer.normalize(word, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        StringBuilder key = new StringBuilder(normal.length());
        normal.codePoints().filter(WordKeys::isSpoken).forEach(key::appendCodePoint);
        return key.isEmpty() ? normal.strip() : key.toString();
    }

    private static boolean isSpoken(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true;
            default -> Character.isLetterOrDigit(character);
        };
    }
}
