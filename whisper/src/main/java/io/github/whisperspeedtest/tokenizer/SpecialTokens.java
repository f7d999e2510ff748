package io.github.whisperspeedtest.tokenizer;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.transcription.Language;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The ids of the special tokens.
 *
 * <p>They follow the text tokens in a fixed order: end of text, start of transcript, the languages, translate,
 * transcribe, start of LM, start of previous, no speech, no timestamps, and 1501 timestamps from 0 to 30 s. So all of
 * them follow from the size of the vocabulary. Source: {@code get_encoding} in openai/whisper's tokenizer, and
 * {@code is_multilingual} and {@code num_languages} of its model.
 */
public final class SpecialTokens {
    private static final int ENGLISH_ONLY_SIZE = 51_864;
    private static final int LARGEST_SIZE = 51_866;

    /** Tokens of a multilingual vocabulary that stand for no language, less one. */
    private static final int OTHER_TOKENS = 51_765;

    private static final int TIMESTAMPS = 1501;
    private static final double SECONDS_PER_TIMESTAMP = 0.02;

    private final int size;
    private final boolean multilingual;
    private final List<String> languages;

    private SpecialTokens(int size) {
        this.size = size;
        this.multilingual = size > ENGLISH_ONLY_SIZE;
        this.languages = Language.codes().subList(0, size - OTHER_TOKENS - (multilingual ? 1 : 0));
    }

    /**
     * Returns the special tokens of a vocabulary.
     *
     * @param nVocab its size: 51864 English-only, 51865 multilingual with 99 languages, 51866 with 100
     * @throws ModelException if it has another size
     */
    public static SpecialTokens of(int nVocab) {
        if (nVocab < ENGLISH_ONLY_SIZE || nVocab > LARGEST_SIZE) {
            throw new ModelException(
                    "A Whisper model has a vocabulary of 51864 (English-only), 51865 or 51866 tokens, not of " + nVocab
                            + ". Use a model with one of these.");
        }
        return new SpecialTokens(nVocab);
    }

    /** Returns the size of the whole vocabulary. */
    public int vocabularySize() {
        return size;
    }

    /** Returns whether the model supports languages other than English. */
    public boolean isMultilingual() {
        return multilingual;
    }

    /** Returns the token that ends a transcript; all text tokens have lower ids. */
    public int endOfText() {
        return startOfTranscript() - 1;
    }

    /** Returns the token that begins a transcript. */
    public int startOfTranscript() {
        return translate() - languages.size() - 1;
    }

    /** Returns the token that selects translation to English. */
    public int translate() {
        return timestampBegin() - 6;
    }

    /** Returns the token that selects transcription. */
    public int transcribe() {
        return timestampBegin() - 5;
    }

    /** Returns the token of a language model's beginning, which no Whisper model uses. */
    public int startOfLm() {
        return timestampBegin() - 4;
    }

    /** Returns the token that begins the text before the window. */
    public int startOfPrevious() {
        return timestampBegin() - 3;
    }

    /** Returns the token whose probability at the start is the no-speech probability. */
    public int noSpeech() {
        return timestampBegin() - 2;
    }

    /** Returns the token that disables timestamps. */
    public int noTimestamps() {
        return timestampBegin() - 1;
    }

    /** Returns the timestamp of 0 s; the others follow, 20 ms apart. */
    public int timestampBegin() {
        return size - TIMESTAMPS;
    }

    /** Returns whether a token is a timestamp. */
    public boolean isTimestamp(int token) {
        return token >= timestampBegin() && token < size;
    }

    /** Returns the codes of the languages in the order of their tokens; an English-only vocabulary has these tokens too. */
    public List<String> languages() {
        return languages;
    }

    /** Returns the token of a language, or nothing if the vocabulary has none. */
    public OptionalInt language(String code) {
        int index = languages.indexOf(code);
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(startOfTranscript() + 1 + index);
    }

    /** Returns the code of the language that a token stands for. */
    public Optional<String> languageOf(int token) {
        int index = token - startOfTranscript() - 1;
        return index >= 0 && index < languages.size() ? Optional.of(languages.get(index)) : Optional.empty();
    }

    /**
     * Returns how a special token is written, such as {@code <|endoftext|>} or {@code <|1.08|>}.
     *
     * @throws IllegalArgumentException if the token is none
     */
    public String spelling(int token) {
        if (token < endOfText() || token >= size) {
            throw new IllegalArgumentException(
                    "Special tokens have ids from " + endOfText() + " to " + (size - 1) + ", not " + token);
        }
        if (isTimestamp(token)) {
            return String.format(Locale.ROOT, "<|%.2f|>", (token - timestampBegin()) * SECONDS_PER_TIMESTAMP);
        }
        return "<|" + languageOf(token).orElseGet(() -> nameOf(token)) + "|>";
    }

    private String nameOf(int token) {
        if (token == endOfText()) {
            return "endoftext";
        }
        if (token == startOfTranscript()) {
            return "startoftranscript";
        }
        return List.of("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")
                .get(token - translate());
    }
}
