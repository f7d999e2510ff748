package io.github.whisperspeedtest.vad;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The speech of a recording, concatenated, with a mapping back to the times of the recording.
 *
 * <p>A time at the boundary of two spans is both the end of the first and the start of the second, which may be minutes
 * apart in the recording. Therefore end times have a separate method, as in faster-whisper's
 * {@code SpeechTimestampsMap}.
 *
 * <p>Immutable.
 */
public final class FilteredAudio {
    private static final int COPY_SAMPLES = 1 << 14;

    /** How long after the last sound a detector may still hear speech: 0.3 s. */
    private static final long LATE_END = 3 * Audio.SAMPLE_RATE / 10;

    private final Audio audio;
    private final List<SpeechSpan> spans;

    /** For each span the index after its last sample in the joined audio. */
    private final long[] ends;

    private final long padding;

    private FilteredAudio(Audio audio, List<SpeechSpan> spans, long[] ends, long padding) {
        this.audio = audio;
        this.spans = spans;
        this.ends = ends;
        this.padding = padding;
    }

    /**
     * Cuts a recording; its samples are copied once, or not at all where all of it is speech.
     *
     * @param recording the whole recording
     * @param spans what to keep: rising, not overlapping and inside the recording
     * @param padding how much of a span at either end is not speech
     * @throws IllegalArgumentException if they are not
     */
    public static FilteredAudio of(Audio recording, List<SpeechSpan> spans, Duration padding) {
        List<SpeechSpan> kept = List.copyOf(spans);
        long[] ends = new long[kept.size()];
        long previousEnd = 0;
        long length = 0;
        for (int i = 0; i < ends.length; i++) {
            SpeechSpan span = kept.get(i);
            if (span.start() < previousEnd || span.end() > recording.sampleCount()) {
                throw new IllegalArgumentException("Spans of speech must rise, not overlap, and lie inside the "
                        + recording.sampleCount() + " samples of " + recording.name() + ", but were " + kept);
            }
            previousEnd = span.end();
            length += span.length();
            ends[i] = length;
        }
        Audio audio = length == recording.sampleCount() ? recording : join(recording, kept);
        return new FilteredAudio(audio, kept, ends, samples(padding));
    }

    private static Audio join(Audio recording, List<SpeechSpan> spans) {
        Audio.Builder builder = Audio.builder(recording.name());
        recording.warnings().forEach(builder::warn);
        float[] part = new float[COPY_SAMPLES];
        for (SpeechSpan span : spans) {
            for (long at = span.start(); at < span.end(); at += part.length) {
                int count = recording.read(at, part, 0, (int) Math.min(part.length, span.end() - at));
                builder.append(part, 0, count);
            }
        }
        return builder.build();
    }

    /** Returns the speech alone, under the recording's name and with its warnings. */
    public Audio audio() {
        return audio;
    }

    /** Returns where in the recording the speech comes from. */
    public List<SpeechSpan> spans() {
        return spans;
    }

    /**
     * Returns chunks of {@link #audio()}: as many whole spans as fit into each.
     *
     * <p>Source: {@code collect_chunks} in faster-whisper's {@code vad.py}.
     *
     * @param longest maximum length of a chunk; a longer span is split
     * @return for each chunk the index after its last sample
     */
    public List<Long> chunkEnds(Duration longest) {
        long limit = samples(longest);
        List<Long> chunkEnds = new ArrayList<>();
        long start = 0;
        long end = 0;
        for (long spanEnd : ends) {
            if (spanEnd - start > limit && end > start) {
                chunkEnds.add(end);
                start = end;
            }
            while (spanEnd - start > limit) {
                start += limit;
                chunkEnds.add(start);
            }
            end = spanEnd;
        }
        if (end > start) {
            chunkEnds.add(end);
        }
        return chunkEnds;
    }

    /**
     * Returns the recording's time for a time of {@link #audio()} at which something starts; on a joint that is the start of the
     * span after it. A time beyond the end goes as far beyond the last span's end.
     */
    public Duration original(Duration time) {
        return shift(time, spanAfter(time));
    }

    /** Returns the recording's time for a time of {@link #audio()} at which something ends; on a joint the span before it ends. */
    public Duration originalEnd(Duration time) {
        return shift(time, spanBefore(time));
    }

    /**
     * Returns the recording's time for a time of {@link #audio()}, taken to be in the span that another time is in.
     *
     * <p>Both ends of a word go with its middle, so that no word is stretched over a silence.
     *
     * @param time the time wanted
     * @param anchor the time that chooses the span
     */
    public Duration original(Duration time, Duration anchor) {
        return shift(time, spanAfter(anchor));
    }

    /**
     * Returns a segment of {@link #audio()} with the times of the recording.
     *
     * <p>A segment with words begins with the first and ends with the last of them. Without words, a start of the segment shortly
     * before a joint, or an end shortly after one, is moved to the other side of the silence that was there, so that no segment
     * lasts over a silence before or after its text.
     */
    public Segment original(Segment segment) {
        List<Word> words = segment.words().stream().map(this::original).toList();
        if (!words.isEmpty()) {
            return segment.withTimes(
                    words.get(0).start(), words.get(words.size() - 1).end(), words);
        }
        int first = spanAfter(segment.start());
        int last = spanBefore(segment.end());
        if (last <= first) {
            return segment.withTimes(original(segment.start()), shift(segment.end(), first), words);
        }
        // Engines whose segments follow one another without a gap begin one right after the last word before a joint.
        if (ends[first] - samples(segment.start()) <= padding + LATE_END) {
            return segment.withTimes(time(spans.get(first + 1).start()), originalEnd(segment.end()), words);
        }
        boolean endsInPadding = samples(segment.end()) - ends[last - 1] <= padding;
        return segment.withTimes(
                original(segment.start()),
                endsInPadding ? time(spans.get(last - 1).end()) : originalEnd(segment.end()),
                words);
    }

    private Word original(Word word) {
        Duration middle = word.start().plus(word.end()).dividedBy(2);
        return new Word(original(word.start(), middle), original(word.end(), middle), word.text(), word.probability());
    }

    /** Returns the index of the span that a sample is in. */
    private int spanAfter(Duration time) {
        int found = Arrays.binarySearch(ends, samples(time));
        return Math.min(found >= 0 ? found + 1 : -found - 1, ends.length - 1);
    }

    /** Returns the index of the span that a sample is in; that of the span before a joint. */
    private int spanBefore(Duration time) {
        int joint = Arrays.binarySearch(ends, samples(time));
        return joint >= 0 ? joint : spanAfter(time);
    }

    private Duration shift(Duration time, int span) {
        if (span < 0) {
            return time;
        }
        long silence = spans.get(span).end() - ends[span];
        return time.plus(time(silence));
    }

    private static Duration time(long samples) {
        return Duration.ofSeconds(samples / Audio.SAMPLE_RATE)
                .plusNanos(samples % Audio.SAMPLE_RATE * 1_000_000_000L / Audio.SAMPLE_RATE);
    }

    private static long samples(Duration time) {
        return Math.addExact(
                Math.multiplyExact(time.getSeconds(), Audio.SAMPLE_RATE),
                (long) time.getNano() * Audio.SAMPLE_RATE / 1_000_000_000L);
    }
}
