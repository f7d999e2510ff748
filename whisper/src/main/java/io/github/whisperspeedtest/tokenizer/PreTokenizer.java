package io.github.whisperspeedtest.tokenizer;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Cuts text into the pieces that BPE never joins: words with the space before them, numbers, punctuation, white space. */
final class PreTokenizer {
    /** GPT-2's pattern, {@code pat} in openai/gpt-2's encoder; there {@code \s} is what Unicode calls white space. */
    private static final Pattern PIECE = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private PreTokenizer() {}

    /** Returns the pieces; joined they are the text. */
    static List<String> split(String text) {
        return PIECE.matcher(text).results().map(MatchResult::group).toList();
    }
}
