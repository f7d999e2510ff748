package io.github.whisperspeedtest.transcription;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of speech and its text.
 *
 * @param start offset from the beginning of the audio
 * @param end offset from the beginning of the audio, not before {@code start}
 * @param text the text as decoded, usually with a leading space
 * @param tokens ids of the decoded tokens in the model's vocabulary, empty where the engine does not tell
 * @param averageLogProbability mean natural logarithm of the tokens' probabilities, null where the engine does not tell
 * @param noSpeechProbability probability that the window holds no speech, 0 to 1, null where the engine does not tell
 * @param words the words, empty unless {@link Timestamps#WORD} was asked for
 */
public record Segment(
        Duration start,
        Duration end,
        String text,
        List<Integer> tokens,
        @Nullable Double averageLogProbability,
        @Nullable Double noSpeechProbability,
        List<Word> words) {
    /** Copies the lists. */
    public Segment {
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(end, "end");
        Objects.requireNonNull(text, "text");
        tokens = List.copyOf(tokens);
        words = List.copyOf(words);
    }
}
