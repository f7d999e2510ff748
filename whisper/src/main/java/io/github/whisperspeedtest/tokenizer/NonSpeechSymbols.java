package io.github.whisperspeedtest.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** What annotations such as {@code ♪♪♪} or {@code [DAVID]} are written with: {@code non_speech_tokens} of openai/whisper. */
final class NonSpeechSymbols {
    private static final List<String> SYMBOLS = List.of(
            "\"", "#", "(", ")", "*", "+", "/", ":", ";", "<", "=", ">", "@", "[", "\\", "]", "^", "_", "`", "{", "|",
            "}", "~", "「", "」", "『", "』", "<<", ">>", "<<<", ">>>", "--", "---", "-(", "-[", "('", "(\"", "((", "))",
            "(((", ")))", "[[", "]]", "{{", "}}", "♪♪", "♪♪♪");

    /** From U+2640 to U+267F, where all characters begin with the same two bytes and none is spoken. */
    private static final List<String> MUSIC = List.of("♩", "♪", "♫", "♬", "♭", "♮", "♯");

    /** Allowed between words, but not before one. */
    private static final List<String> NOT_BEFORE_WORDS = List.of(" -", " '");

    private static final int SHARED_BYTES = 2;

    private NonSpeechSymbols() {}

    static void addTokens(Tokenizer tokenizer, Set<Integer> target) {
        NOT_BEFORE_WORDS.forEach(text -> addSingle(tokenizer, text, target));
        for (String symbol : SYMBOLS) {
            addSingle(tokenizer, symbol, target);
            addSingle(tokenizer, " " + symbol, target);
        }
        for (String symbol : MUSIC) {
            addFirst(tokenizer, symbol, SHARED_BYTES, target);
            addFirst(tokenizer, " " + symbol, 1 + SHARED_BYTES, target);
        }
    }

    private static void addSingle(Tokenizer tokenizer, String text, Set<Integer> target) {
        addFirst(tokenizer, text, text.getBytes(StandardCharsets.UTF_8).length, target);
    }

    private static void addFirst(Tokenizer tokenizer, String text, int leastBytes, Set<Integer> target) {
        int[] tokens = tokenizer.encode(text);
        if (tokens.length > 0 && tokenizer.bytes(tokens[0]).length >= leastBytes) {
            target.add(tokens[0]);
        }
    }
}
