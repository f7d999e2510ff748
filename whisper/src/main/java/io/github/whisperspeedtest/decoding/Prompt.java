package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.transcription.Task;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The prompt of a window: previous text, start of transcript, language and task, and possibly the start of its text.
 *
 * <p>Immutable if the array is not modified.
 *
 * @param tokens the tokens, at least one
 * @param startOfTranscript index of {@code <|startoftranscript|>}
 * @param prefix number of tokens at the end that belong to the text of the window
 */
record Prompt(int[] tokens, int startOfTranscript, int prefix) {
    /**
     * Returns the prompt of a window.
     *
     * @param language language code, omitted for English-only models
     * @param task task, omitted for English-only models
     * @param timestamps whether timestamps are decoded
     * @param previous tokens of the previous text, truncated to the last {@code maxPrevious}
     * @throws IllegalArgumentException if the vocabulary has no such language
     */
    static Prompt of(
            SpecialTokens specials,
            String language,
            Task task,
            boolean timestamps,
            List<Integer> previous,
            int maxPrevious) {
        int[] transcript = startOfTranscript(specials, language, task);
        IntStream tokens = Arrays.stream(transcript);
        if (!timestamps) {
            tokens = IntStream.concat(tokens, IntStream.of(specials.noTimestamps()));
        }
        if (previous.isEmpty()) {
            return new Prompt(tokens.toArray(), 0, 0);
        }
        List<Integer> kept = previous.subList(Math.max(0, previous.size() - maxPrevious), previous.size());
        IntStream before = IntStream.concat(
                IntStream.of(specials.startOfPrevious()), kept.stream().mapToInt(Integer::intValue));
        return new Prompt(IntStream.concat(before, tokens).toArray(), 1 + kept.size(), 0);
    }

    /** Returns this prompt with tokens that the text of the window starts with. */
    Prompt withPrefix(List<Integer> start) {
        IntStream all = IntStream.concat(Arrays.stream(tokens), start.stream().mapToInt(Integer::intValue));
        return new Prompt(all.toArray(), startOfTranscript, start.size());
    }

    /**
     * Returns the tokens that every transcript starts with.
     *
     * @throws IllegalArgumentException if the vocabulary has no such language
     */
    static int[] startOfTranscript(SpecialTokens specials, String language, Task task) {
        if (!specials.isMultilingual()) {
            return new int[] {specials.startOfTranscript()};
        }
        int languageToken = specials.language(language)
                .orElseThrow(() -> new IllegalArgumentException("The vocabulary has no language " + language + "."));
        return new int[] {
            specials.startOfTranscript(),
            languageToken,
            task == Task.TRANSLATE ? specials.translate() : specials.transcribe()
        };
    }
}
