package io.github.whisperspeedtest.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Splits tokens into words: {@code split_to_word_tokens} of openai/whisper's tokenizer. */
final class WordSplitter {
    private static final char REPLACEMENT = '\uFFFD';

    /** Languages that are written without spaces. */
    private static final Set<String> WITHOUT_SPACES = Set.of("zh", "ja", "th", "lo", "my", "yue");

    /** Python's {@code string.punctuation}, in its order: a word that is any part of this is punctuation. */
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private final Tokenizer tokenizer;

    WordSplitter(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    List<TokenWord> split(List<Integer> tokens, String language) {
        List<TokenWord> characters = wholeCharacters(tokens);
        return WITHOUT_SPACES.contains(language) ? characters : joinedUpToSpaces(characters);
    }

    /** Returns the shortest runs of tokens that end with a character. */
    private List<TokenWord> wholeCharacters(List<Integer> tokens) {
        String whole = text(tokens);
        List<TokenWord> words = new ArrayList<>();
        int begin = 0;
        int offset = 0;
        for (int end = 1; end <= tokens.size(); end++) {
            List<Integer> run = tokens.subList(begin, end);
            String text = text(run);
            // A replacement character that the whole text has at the same place will not go away with more tokens.
            int malformed = text.indexOf(REPLACEMENT);
            int at = offset + malformed;
            boolean complete = malformed < 0 || at < whole.length() && whole.charAt(at) == REPLACEMENT;
            if (complete || end == tokens.size()) {
                words.add(new TokenWord(text, run));
                begin = end;
                offset += text.length();
            }
        }
        return words;
    }

    private List<TokenWord> joinedUpToSpaces(List<TokenWord> parts) {
        List<TokenWord> words = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        List<Integer> tokens = new ArrayList<>();
        for (TokenWord part : parts) {
            if (beginsWord(part) && !tokens.isEmpty()) {
                words.add(new TokenWord(text.toString(), tokens));
                text.setLength(0);
                tokens.clear();
            }
            text.append(part.text());
            tokens.addAll(part.tokens());
        }
        if (!tokens.isEmpty()) {
            words.add(new TokenWord(text.toString(), tokens));
        }
        return words;
    }

    private boolean beginsWord(TokenWord part) {
        boolean special = part.tokens().get(0) >= tokenizer.specials().endOfText();
        return special || part.text().startsWith(" ") || PUNCTUATION.contains(stripped(part.text()));
    }

    /** Strips what Python takes for white space: unlike {@link String#strip} also spaces that do not break, and U+0085. */
    private static String stripped(String text) {
        int begin = 0;
        int end = text.length();
        while (begin < end && isSpace(text.charAt(begin))) {
            begin++;
        }
        while (end > begin && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(begin, end);
    }

    private static boolean isSpace(char character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == '\u0085';
    }

    private String text(List<Integer> tokens) {
        SpecialTokens specials = tokenizer.specials();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int token : tokens) {
            boolean special = token >= specials.endOfText() && token < specials.vocabularySize();
            text.writeBytes(
                    special ? specials.spelling(token).getBytes(StandardCharsets.UTF_8) : tokenizer.bytes(token));
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
