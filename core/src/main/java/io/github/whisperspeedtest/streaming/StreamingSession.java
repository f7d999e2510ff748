package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.vad.SpeechProbability;
import io.github.whisperspeedtest.vad.SpeechSegmenter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The policy of a stream: when to transcribe which window, what to confirm, and what to give up.
 *
 * <p>Memory is bounded: the ring keeps one minute, a window has less than 30 s, and confirmed words are kept only while their sound is in
 * the window or their utterance is open. Used by one thread; only the ring is shared.
 *
 * <p>Sources of the constants: ufal/whisper_streaming, {@code whisper_online.py}, for the prompt and the length at which a window is cut;
 * the others are this project's.
 */
final class StreamingSession {
    /** What {@link #work} returns when the stream has ended. */
    static final long DONE = -1;

    static final Duration RING = Duration.ofSeconds(60);

    /** Above this length a window is cut at the end of a segment whose words are confirmed. */
    private static final Duration CUT_WINDOW = Duration.ofSeconds(15);

    /** At this length it is cut although the words are not. Whisper's window has 30 s. */
    private static final Duration MAX_WINDOW = Duration.ofSeconds(25);

    /** Words that end this close to the end of a window may change even in a window that is cut. */
    private static final Duration UNCERTAIN = Duration.ofSeconds(3);

    /** A word that ends closer to the end of a window may be cut off. */
    private static final Duration CUT_WORD = Duration.ofMillis(300);

    /** Above this length of waiting audio, utterances share a window: a window costs the same whatever its length. */
    private static final Duration LATE = Duration.ofSeconds(3);

    /** Audio that waits: above the first, one hypothesis must do until there is less than the second; above the third it is dropped. */
    private static final Duration BEHIND = Duration.ofSeconds(10);

    private static final Duration CAUGHT_UP = Duration.ofSeconds(3);
    private static final Duration TOO_FAR_BEHIND = Duration.ofSeconds(45);

    /** What remains then. */
    private static final Duration KEPT = Duration.ofSeconds(5);

    /** A longer pause separates subjects, so that the text before it is no prompt. */
    private static final Duration NEW_SUBJECT = Duration.ofSeconds(10);

    private static final int PROMPT_LENGTH = 200;

    private static final String SENTENCE_ENDS = ".?!。？！…";

    private final AudioRing ring;
    private final StreamClock clock;
    private final SpeechProbability voice;
    private final SpeechGate gate;
    private final WindowTranscriber transcriber;
    private final StreamingListener listener;
    private final Duration maxUtterance;
    private final Pace pace;
    private final HypothesisBuffer buffer = new HypothesisBuffer();
    private final LatencyStatistics latencies = new LatencyStatistics();
    private final StringBuilder before = new StringBuilder();
    private final List<Word> utterance = new ArrayList<>();
    private final float[] frame = new float[SpeechSegmenter.FRAME_SAMPLES];

    private SpeechGate.@Nullable Utterance current;
    private long windowStart;
    private long decodedTo;
    private Duration lastUtteranceEnd = Duration.ZERO;
    private boolean behind;
    private boolean showsPartial;
    private boolean listenerFailed;

    private long words;
    private long utterances;
    private long decodes;
    private Duration decodeTime = Duration.ZERO;
    private Duration skipped = Duration.ZERO;
    private @Nullable String language;

    StreamingSession(
            AudioRing ring,
            StreamClock clock,
            SpeechProbability voice,
            WindowTranscriber transcriber,
            StreamingOptions options,
            StreamingListener listener) {
        this.ring = ring;
        this.clock = clock;
        this.voice = voice;
        this.transcriber = transcriber;
        this.listener = listener;
        gate = new SpeechGate(options.transcribe().vadOptions());
        maxUtterance = options.maxUtterance();
        pace = new Pace(options.latency());
    }

    /**
     * Does what can be done with the audio in the ring, at most one transcription.
     *
     * @param complete whether no more audio will come
     * @return the length of the stream from which there is more to do, {@link #DONE} after the end
     */
    long work(boolean complete) {
        long received = ring.end();
        if (!detect(received, complete)) {
            skip(received);
            return received;
        }
        SpeechGate.Utterance first = gate.first();
        if (first == null) {
            return complete ? DONE : gate.position() + frame.length;
        }
        if (first != current) {
            begin(first);
        }
        if (received - decodedTo > Samples.of(TOO_FAR_BEHIND) || windowStart < ring.start()) {
            skip(received);
            return received;
        }
        if (received - decodedTo > Samples.of(LATE)) {
            gate.joinFirst(Samples.of(MAX_WINDOW));
        }
        long available = first.hasEnded() ? first.end() : Math.min(received, gate.position());
        long windowEnd = Math.min(available, windowStart + Samples.of(MAX_WINDOW));
        boolean isLast = first.hasEnded() && windowEnd == available;
        behind = received - decodedTo > Samples.of(behind ? CAUGHT_UP : BEHIND);
        boolean isDue = windowEnd < available || windowEnd - decodedTo >= Samples.of(pace.step());
        if (!isLast && (!isDue || gate.isPausing() && windowEnd == available)) {
            return gate.position() + frame.length;
        }
        decode(windowEnd, isLast, behind || windowEnd < available);
        return received;
    }

    /** Looks for speech in the frames that have come; returns whether all of them were still here. */
    private boolean detect(long received, boolean complete) {
        while (gate.position() + frame.length <= received) {
            if (!ring.read(gate.position(), frame, frame.length)) {
                return false;
            }
            gate.add(voice.next(frame));
        }
        if (complete) {
            gate.finish(received);
        }
        return true;
    }

    private void begin(SpeechGate.Utterance first) {
        current = first;
        windowStart = first.start();
        decodedTo = first.start();
        if (Samples.duration(first.start()).minus(lastUtteranceEnd).compareTo(NEW_SUBJECT) >= 0) {
            before.setLength(0);
        }
    }

    private void decode(long windowEnd, boolean isLast, boolean isOnlyOne) {
        Audio window = ring.view(windowStart, windowEnd);
        if (window == null) {
            // The audio went on while this step was prepared; the next one skips.
            return;
        }
        Duration start = Samples.duration(windowStart);
        Duration end = Samples.duration(windowEnd);
        List<Hypothesis> result = new ArrayList<>(1);
        Duration cost = clock.time(() -> result.add(transcriber.transcribe(window, start, before.toString(), isLast)));
        Hypothesis hypothesis = result.get(0);
        decodes++;
        decodeTime = decodeTime.plus(cost);
        pace.add(cost);
        decodedTo = windowEnd;
        buffer.insert(hypothesis.words());
        if (!hypothesis.words().isEmpty()) {
            language = hypothesis.language();
        }
        if (isLast) {
            finishUtterance(end);
            gate.removeFirst();
        } else if (isOnlyOne) {
            confirm(buffer.confirmUntil(end.minus(UNCERTAIN)));
            cutHard(end);
        } else {
            confirm(buffer.confirmAgreed(end.minus(CUT_WORD)));
            cut(hypothesis.segmentEnds(), end);
        }
        showPartial();
        Duration slow = pace.slowStep();
        if (slow != null) {
            send(new StreamingEvent.Slow(clock.now(), pace.decodeTime(), slow));
        }
    }

    private void finishUtterance(Duration end) {
        confirm(buffer.confirmRest());
        showPartial();
        reportUtterance(utterance.size());
        remember(buffer.clear());
        lastUtteranceEnd = end;
        current = null;
    }

    /** Cuts a long window at the end of a segment whose words are confirmed, but not of the last segment. */
    private void cut(List<Duration> segmentEnds, Duration end) {
        if (end.minus(Samples.duration(windowStart)).compareTo(CUT_WINDOW) > 0) {
            for (int i = segmentEnds.size() - 2; i >= 0; i--) {
                if (segmentEnds.get(i).compareTo(buffer.confirmedEnd()) <= 0) {
                    cutAt(segmentEnds.get(i));
                    break;
                }
            }
        }
        if (end.minus(Samples.duration(windowStart)).compareTo(MAX_WINDOW.minus(UNCERTAIN)) > 0) {
            confirm(buffer.confirmUntil(end.minus(UNCERTAIN)));
            cutHard(end);
        }
    }

    /** Cuts the window after the last confirmed word; a full window without one loses all but its end. */
    private void cutHard(Duration end) {
        if (buffer.hasConfirmed()) {
            cutAt(buffer.confirmedEnd());
        }
        if (end.minus(Samples.duration(windowStart)).compareTo(MAX_WINDOW.minus(UNCERTAIN)) > 0) {
            cutAt(end.minus(UNCERTAIN));
        }
    }

    private void cutAt(Duration start) {
        windowStart = Math.max(windowStart, Math.min(decodedTo, Samples.of(start)));
        remember(buffer.cut(start));
    }

    /** Gives up audio, so that only a little is left. */
    private void skip(long received) {
        long last = Math.max(ring.start(), received - Samples.of(KEPT));
        long to = last + (SpeechSegmenter.FRAME_SAMPLES - last % SpeechSegmenter.FRAME_SAMPLES);
        long from = current == null ? Math.min(gate.position(), to) : Math.max(decodedTo, current.start());
        finishUtterance(Samples.duration(to));
        gate.restart(to);
        decodedTo = to;
        behind = false;
        skipped = skipped.plus(Samples.duration(to - from));
        send(new StreamingEvent.Skipped(clock.now(), Samples.duration(from), Samples.duration(to)));
    }

    /** Ends the stream early: what is confirmed is reported, and nothing else is computed. */
    void abandon() {
        boolean interrupted = Thread.interrupted();
        try {
            if (!listenerFailed) {
                if (showsPartial) {
                    showsPartial = false;
                    send(new StreamingEvent.Partial(clock.now(), List.of()));
                }
                reportUtterance(utterance.size());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void confirm(List<Word> confirmed) {
        if (confirmed.isEmpty()) {
            return;
        }
        Duration now = clock.now();
        confirmed.forEach(word -> latencies.add(now.minus(word.end())));
        words += confirmed.size();
        utterance.addAll(confirmed);
        send(new StreamingEvent.Confirmed(now, confirmed));
        Word last = utterance.get(utterance.size() - 1);
        if (last.end().minus(utterance.get(0).start()).compareTo(maxUtterance) > 0) {
            reportUtterance(lastSentenceEnd());
        }
    }

    /** Returns the number of words up to the last end of a sentence; all if there is none. */
    private int lastSentenceEnd() {
        for (int count = utterance.size(); count > 0; count--) {
            String text = utterance.get(count - 1).text().strip();
            if (SENTENCE_ENDS.indexOf(text.charAt(text.length() - 1)) >= 0) {
                return count;
            }
        }
        return utterance.size();
    }

    private void reportUtterance(int count) {
        if (count == 0) {
            return;
        }
        List<Word> reported = List.copyOf(utterance.subList(0, count));
        utterance.subList(0, count).clear();
        utterances++;
        send(new StreamingEvent.UtteranceEnd(
                clock.now(),
                new Segment(
                        reported.get(0).start(),
                        reported.get(reported.size() - 1).end(),
                        text(reported),
                        List.of(),
                        null,
                        null,
                        reported)));
    }

    private void showPartial() {
        List<Word> partial = buffer.partial();
        if (!partial.isEmpty() || showsPartial) {
            showsPartial = !partial.isEmpty();
            send(new StreamingEvent.Partial(clock.now(), partial));
        }
    }

    private void remember(List<Word> removed) {
        before.append(text(removed));
        int excess = before.length() - PROMPT_LENGTH;
        if (excess > 0) {
            int space = before.indexOf(" ", excess);
            before.delete(0, space < 0 ? excess : space);
        }
    }

    private static String text(List<Word> words) {
        return words.stream().map(Word::text).collect(Collectors.joining());
    }

    private void send(StreamingEvent event) {
        // Stays set if the listener throws.
        listenerFailed = true;
        listener.onEvent(event);
        listenerFailed = false;
    }

    StreamingSummary summary() {
        return new StreamingSummary(
                Samples.duration(ring.end()),
                words,
                utterances,
                decodes,
                decodeTime,
                latencies.quantile(0.5),
                latencies.quantile(0.95),
                skipped,
                language);
    }

    /** Returns how many characters and words are kept besides the audio; its test is their bound. */
    int remembered() {
        return before.length() + utterance.size() + buffer.size();
    }
}
