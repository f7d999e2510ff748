package io.github.whisperspeedtest.tokenizer;

import io.github.whisperspeedtest.error.ModelException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Converts text to tokens and back, for one vocabulary.
 *
 * <p>The vocabulary need not be full: the ids between its last text token and the first special token may stand for
 * nothing.
 *
 * <p>Immutable, so that threads may share it.
 */
public final class Tokenizer {
    private static final byte[] NO_BYTES = {};

    private final SpecialTokens specials;
    private final List<byte[]> tokens;
    private final BytePairEncoder encoder;

    private Tokenizer(SpecialTokens specials, TokenizerData data) {
        this.specials = specials;
        this.tokens = data.tokens();
        this.encoder = new BytePairEncoder(data);
    }

    /**
     * Returns the tokenizer of a model.
     *
     * @param data the text tokens and how they merge
     * @param nVocab size of the model's vocabulary, special tokens included
     * @throws ModelException if no Whisper model has a vocabulary of that size, or if there are more text tokens than go with it
     */
    public static Tokenizer of(TokenizerData data, int nVocab) {
        SpecialTokens specials = SpecialTokens.of(nVocab);
        if (data.tokens().size() > specials.endOfText()) {
            throw new ModelException("The tokenizer has " + data.tokens().size() + " text tokens, but a model with "
                    + nVocab + " tokens has at most " + specials.endOfText()
                    + " of them. Use the tokenizer that belongs to the model.");
        }
        return new Tokenizer(specials, data);
    }

    /** Returns the special tokens. */
    public SpecialTokens specials() {
        return specials;
    }

    /**
     * Returns the tokens of a text, without special tokens; their spellings are treated as text.
     *
     * <p>Bytes for which the vocabulary has no token are left out; published vocabularies have all of them.
     */
    public int[] encode(String text) {
        return PreTokenizer.split(text).stream()
                .map(encoder::encode)
                .flatMapToInt(Arrays::stream)
                .toArray();
    }

    /**
     * Returns the text of tokens.
     *
     * <p>Special tokens, timestamps and ids that the vocabulary lacks are left out. Bytes that are no UTF-8 become U+FFFD.
     */
    public String decode(List<Integer> tokens) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int token : tokens) {
            text.writeBytes(piece(token));
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** Returns the bytes of a text token, which may end within a character; none for other ids. */
    public byte[] bytes(int token) {
        return piece(token).clone();
    }

    /**
     * Returns the non-speech tokens in ascending order: brackets, quotes, notes and other symbols that start an
     * annotation or a speaker name.
     *
     * <p>The rules are those of {@code non_speech_tokens} in openai/whisper's tokenizer. It takes the first token of
     * some symbols of music even if they have several, which is safe because that one has at least two of their bytes.
     * In a small vocabulary it has fewer and begins much else, such as every word with a space before it; there it is
     * not taken.
     */
    public List<Integer> nonSpeechTokens() {
        TreeSet<Integer> result = new TreeSet<>();
        NonSpeechSymbols.addTokens(this, result);
        return List.copyOf(result);
    }

    /**
     * Splits tokens into words for word timestamps: {@code split_to_word_tokens} of openai/whisper's tokenizer.
     *
     * <p>A word begins where a token begins with a space or is punctuation; in languages that are written without
     * spaces it is the fewest tokens that make whole characters. Every token is in one word; a special token begins
     * one.
     *
     * @param tokens text tokens, and special ones, which are written as {@link SpecialTokens#spelling} says
     * @param language code of the language that is spoken
     */
    public List<TokenWord> words(List<Integer> tokens, String language) {
        return new WordSplitter(this).split(tokens, language);
    }

    private byte[] piece(int token) {
        return token >= 0 && token < tokens.size() ? tokens.get(token) : NO_BYTES;
    }
}
