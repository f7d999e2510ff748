package io.github.whisperspeedtest.alignment;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Merges punctuation marks into the adjacent words.
 *
 * <p>Source: {@code merge_punctuations} in openai/whisper's {@code timing.py}. A joined word keeps its own times and
 * probability.
 */
final class Punctuation {
    private static final String BEFORE_A_WORD = "\"'“¿([{-";
    private static final String AFTER_A_WORD = "\"'.。,，!！?？:：”)]}、";

    private Punctuation() {}

    /** Returns whether a text is one of the marks, or several in the order of the lists. */
    static boolean isMarks(String text) {
        return (BEFORE_A_WORD + AFTER_A_WORD).contains(text);
    }

    /** Returns the words with their marks, in the same order. */
    static List<WordTiming> merge(List<WordTiming> words) {
        return mergeIntoWordBefore(mergeIntoWordAfter(words));
    }

    private static List<WordTiming> mergeIntoWordAfter(List<WordTiming> words) {
        List<WordTiming> merged = new ArrayList<>();
        for (int i = words.size() - 1; i >= 0; i--) {
            WordTiming word = words.get(i);
            boolean belongsToNext = word.text().startsWith(" ")
                    && BEFORE_A_WORD.contains(word.text().strip());
            if (belongsToNext && !merged.isEmpty()) {
                WordTiming next = merged.get(0);
                merged.set(0, join(word, next, next));
            } else {
                merged.add(0, word);
            }
        }
        return merged;
    }

    private static List<WordTiming> mergeIntoWordBefore(List<WordTiming> words) {
        List<WordTiming> merged = new ArrayList<>();
        for (WordTiming word : words) {
            int last = merged.size() - 1;
            if (last >= 0 && !merged.get(last).text().endsWith(" ") && AFTER_A_WORD.contains(word.text())) {
                merged.set(last, join(merged.get(last), word, merged.get(last)));
            } else {
                merged.add(word);
            }
        }
        return merged;
    }

    private static WordTiming join(WordTiming first, WordTiming second, WordTiming spoken) {
        return new WordTiming(
                first.text() + second.text(),
                Stream.concat(first.tokens().stream(), second.tokens().stream()).toList(),
                spoken.start(),
                spoken.end(),
                spoken.probability());
    }
}
