package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.transcription.VadOptions;
import io.github.whisperspeedtest.vad.SpeechSegmenter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Finds utterances in the speech probabilities of frames as they come.
 *
 * <p>Sources of the rules: ufal/whisper_streaming, {@code silero_vad_iterator.py}, for the hysteresis and the end; faster-whisper for
 * the padding before the first sound.
 */
final class SpeechGate {
    /** Speech that is shorter is a click or a breath. */
    private static final Duration LEAST_SPEECH = Duration.ofMillis(250);

    /** Sound that is kept after the last frame of speech. */
    private static final Duration TAIL = Duration.ofMillis(100);

    /** A silence of this length inside an utterance may be its end. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    private static final long NONE = -1;

    private final float speechThreshold;
    private final float silenceThreshold;
    private final long endSilence;
    private final long leastSpeech;
    private final long padding;
    private final long tail;
    private final Deque<Utterance> utterances = new ArrayDeque<>();

    private long earliest;
    private long position;
    private long start = NONE;
    private long silence = NONE;
    private @Nullable Utterance open;

    SpeechGate(VadOptions options) {
        speechThreshold = (float) options.threshold();
        silenceThreshold = (float) options.silenceThreshold();
        Duration given = options.minSilence();
        endSilence = Samples.of(given == null ? StreamingOptions.END_OF_UTTERANCE : given);
        leastSpeech = Math.max(Samples.of(LEAST_SPEECH), Samples.of(options.minSpeech()));
        padding = Samples.of(options.padding());
        tail = Math.min(Samples.of(TAIL), endSilence);
    }

    /** A stretch of speech in the stream. */
    static final class Utterance {
        private final long start;
        private long end = NONE;

        private Utterance(long start) {
            this.start = start;
        }

        long start() {
            return start;
        }

        boolean hasEnded() {
            return end != NONE;
        }

        /** Returns the end of one that has ended. */
        long end() {
            return end;
        }
    }

    /** Takes the probability of the next frame. */
    void add(float probability) {
        long at = position;
        position += SpeechSegmenter.FRAME_SAMPLES;
        if (probability >= speechThreshold) {
            silence = NONE;
            start = start == NONE ? at : start;
        } else if (start != NONE && (probability < silenceThreshold || silence != NONE)) {
            silence = silence == NONE ? at : silence;
        }
        if (start == NONE) {
            return;
        }
        long spoken = (silence == NONE ? position : silence) - start;
        if (open == null && spoken >= leastSpeech) {
            open = new Utterance(Math.max(earliest, start - padding));
            utterances.add(open);
        }
        if (silence != NONE && position - silence >= endSilence) {
            end(silence + tail);
        }
    }

    /** Ends the utterance that is open, because the stream ends. */
    void finish(long length) {
        if (open == null && start != NONE && length > start) {
            open = new Utterance(Math.max(earliest, start - padding));
            utterances.add(open);
        }
        end(length);
    }

    private void end(long at) {
        if (open != null) {
            open.end = Math.max(open.start + 1, at);
            earliest = open.end;
        }
        open = null;
        start = NONE;
        silence = NONE;
    }

    /** Forgets everything and goes on at a later or an earlier frame. */
    void restart(long at) {
        utterances.clear();
        open = null;
        start = NONE;
        silence = NONE;
        earliest = at;
        position = at;
    }

    /** Returns the position after the last frame. */
    long position() {
        return position;
    }

    /** Returns whether the open utterance is silent for a moment, so that its end may come soon. */
    boolean isPausing() {
        return silence != NONE && position - silence >= Samples.of(PAUSE);
    }

    /** Returns the first utterance, null if there is none. */
    @Nullable
    Utterance first() {
        return utterances.peek();
    }

    /** Joins the first utterance and those after it that fit into a window together. */
    void joinFirst(long maxLength) {
        Utterance first = utterances.remove();
        Utterance next = utterances.peek();
        while (next != null && (next.hasEnded() ? next.end : position) - first.start <= maxLength) {
            utterances.remove();
            first.end = next.end;
            open = open == next ? first : open;
            next = utterances.peek();
        }
        utterances.addFirst(first);
    }

    void removeFirst() {
        utterances.remove();
    }
}
