package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What happened in a stream. Times of words and segments are offsets from the start of the stream. */
public sealed interface StreamingEvent {
    /** Returns when it happened: the length of the audio that had been spoken by then. */
    Duration at();

    /**
     * Words that the next hypothesis may change. They follow the confirmed words and replace the previous partial words.
     *
     * @param words empty if nothing is open any more
     */
    record Partial(Duration at, List<Word> words) implements StreamingEvent {
        /** Copies the list. */
        public Partial {
            Objects.requireNonNull(at, "at");
            words = List.copyOf(words);
        }
    }

    /**
     * Words that never change. They follow all words that were confirmed before.
     *
     * @param words at least one
     */
    record Confirmed(Duration at, List<Word> words) implements StreamingEvent {
        /** Copies the list. */
        public Confirmed {
            Objects.requireNonNull(at, "at");
            words = List.copyOf(words);
        }
    }

    /**
     * The end of an utterance, or of a part of one that is too long.
     *
     * @param segment all words that were confirmed since the last such event
     */
    record UtteranceEnd(Duration at, Segment segment) implements StreamingEvent {
        /** Checks that nothing is null. */
        public UtteranceEnd {
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(segment, "segment");
        }
    }

    /**
     * The engine is too slow for the latency that was asked for, so hypotheses are computed less often. Reported again when the step
     * changes by more than a quarter.
     *
     * @param decodeTime how long a hypothesis takes
     * @param step the speech between two hypotheses from now on
     */
    record Slow(Duration at, Duration decodeTime, Duration step) implements StreamingEvent {
        /** Checks that nothing is null. */
        public Slow {
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(decodeTime, "decodeTime");
            Objects.requireNonNull(step, "step");
        }
    }

    /**
     * Audio that is never transcribed, because the engine is slower than real time and fell behind too far.
     *
     * @param from start of the audio
     * @param to end of the audio
     */
    record Skipped(Duration at, Duration from, Duration to) implements StreamingEvent {
        /** Checks that nothing is null. */
        public Skipped {
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(to, "to");
        }
    }
}
