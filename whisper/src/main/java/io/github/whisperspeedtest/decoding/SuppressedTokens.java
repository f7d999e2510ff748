package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;
import java.util.TreeSet;

/**
 * Suppresses tokens: non-speech symbols, special tokens that occur only in prompts, and at the beginning a blank and
 * the end of text.
 *
 * <p>Source: {@code SuppressTokens} and {@code SuppressBlank} in openai/whisper's {@code decoding.py}. What a model's
 * own configuration lists takes the place of the reference's lists; the special tokens are suppressed in any case.
 */
final class SuppressedTokens {
    private final int[] always;
    private final int[] first;

    /**
     * Collects the tokens.
     *
     * @param wanted as in {@link TranscribeOptions#suppressTokens()}
     */
    SuppressedTokens(Tokenizer tokenizer, GenerationConfig generation, List<Integer> wanted) {
        SpecialTokens specials = tokenizer.specials();
        TreeSet<Integer> suppressTokens = new TreeSet<>(wanted);
        if (suppressTokens.remove(TranscribeOptions.DEFAULT_SUPPRESSION)) {
            suppressTokens.addAll(generation.suppressTokens().orElseGet(tokenizer::nonSpeechTokens));
        }
        suppressTokens.addAll(List.of(
                specials.transcribe(),
                specials.translate(),
                specials.startOfTranscript(),
                specials.startOfPrevious(),
                specials.startOfLm(),
                specials.noSpeech()));
        always = ids(suppressTokens);
        TreeSet<Integer> beginSuppressTokens = new TreeSet<>(List.of(specials.endOfText()));
        generation.beginSuppressTokens().ifPresentOrElse(beginSuppressTokens::addAll, () -> {
            for (int token : tokenizer.encode(" ")) {
                beginSuppressTokens.add(token);
            }
        });
        first = ids(beginSuppressTokens);
    }

    /** Forbids the tokens that must not follow a given number of decoded ones. */
    void apply(TokenDistribution distribution, int decoded) {
        distribution.forbid(always);
        if (decoded == 0) {
            distribution.forbid(first);
        }
    }

    /** Returns the tokens that are never decoded. */
    int[] always() {
        return always.clone();
    }

    /** Returns the tokens that must not come first. */
    int[] first() {
        return first.clone();
    }

    private static int[] ids(TreeSet<Integer> tokens) {
        return tokens.stream()
                .filter(token -> token >= 0)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
