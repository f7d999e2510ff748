package io.github.whisperspeedtest.whispercpp;

import com.sun.jna.Pointer;
import io.github.whisperspeedtest.decoding.RepetitionRules;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rules for the next token that whisper.cpp lacks: suppressed tokens by their ids, and those against repetition.
 *
 * <p>Stateless, because whisper.cpp calls it on several threads.
 */
final class LogitsRules {
    private final RepetitionRules repetition;
    private final List<Integer> suppressTokens;

    private LogitsRules(RepetitionRules repetition, List<Integer> suppressTokens) {
        this.repetition = repetition;
        this.suppressTokens = suppressTokens;
    }

    /** Returns the rules that options request; null if there are none. */
    static @Nullable LogitsRules of(TranscribeOptions options) {
        RepetitionRules repetition = new RepetitionRules(options.repetitionPenalty(), options.noRepeatNgramSize());
        List<Integer> suppressTokens = options.suppressTokens().stream()
                .filter(token -> token != TranscribeOptions.DEFAULT_SUPPRESSION)
                .toList();
        return repetition.isActive() || !suppressTokens.isEmpty() ? new LogitsRules(repetition, suppressTokens) : null;
    }

    /** Applies the rules to the logits after the tokens of a hypothesis. */
    void apply(Pointer tokens, int count, Pointer logits) {
        if (repetition.isActive()) {
            int[] text = IntStream.range(0, count)
                    .map(i -> TailWindow.token(tokens, i))
                    .toArray();
            repetition.apply(text, new RepetitionRules.Logits() {
                @Override
                public float get(int token) {
                    return logits.getFloat((long) token * Float.BYTES);
                }

                @Override
                public void set(int token, float logit) {
                    logits.setFloat((long) token * Float.BYTES, logit);
                }
            });
        }
        for (int token : suppressTokens) {
            logits.setFloat((long) token * Float.BYTES, Float.NEGATIVE_INFINITY);
        }
    }
}
