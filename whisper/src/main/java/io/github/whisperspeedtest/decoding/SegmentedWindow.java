package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import java.util.ArrayList;
import java.util.List;

/**
 * The segments of a window, and the start of the next window.
 *
 * <p>Timestamps come in pairs between segments. After the last pair, either a single timestamp ends the text and no
 * speech follows, or the end of the window cuts off a sentence and the next window starts with it. Source: the loop of
 * openai/whisper's {@code transcribe.py}.
 *
 * @param segments the segments in order
 * @param advance frames from the beginning of this window to that of the next
 * @param endsWithSingleTimestamp whether one timestamp that is not part of a pair ends the text
 */
record SegmentedWindow(List<DecodedSegment> segments, long advance, boolean endsWithSingleTimestamp) {
    private static final double FRAMES_PER_SECOND = 100;

    /** Mel frames per encoder position, the unit of timestamps. */
    private static final int FRAMES_PER_TIMESTAMP = 2;

    SegmentedWindow {
        segments = List.copyOf(segments);
    }

    /**
     * Splits decoded tokens into segments.
     *
     * @param tokens text and timestamps
     * @param firstFrame frame of the recording that the window begins at
     * @param frames frames of the window that hold audio
     */
    static SegmentedWindow of(SpecialTokens specials, List<Integer> tokens, long firstFrame, long frames) {
        double offset = firstFrame / FRAMES_PER_SECOND;
        int count = tokens.size();
        boolean single = count >= 2
                && !specials.isTimestamp(tokens.get(count - 2))
                && specials.isTimestamp(tokens.get(count - 1));
        List<Integer> cuts = cutsBetweenPairs(specials, tokens);
        if (cuts.isEmpty()) {
            return new SegmentedWindow(List.of(unbroken(specials, tokens, offset, frames)), frames, single);
        }
        long advance = frames;
        if (single) {
            cuts.add(count);
        } else {
            advance = frame(specials, tokens.get(cuts.get(cuts.size() - 1) - 1));
        }
        List<DecodedSegment> segments = new ArrayList<>();
        int from = 0;
        for (int to : cuts) {
            List<Integer> part = tokens.subList(from, to);
            segments.add(new DecodedSegment(
                    offset + frame(specials, part.get(0)) / FRAMES_PER_SECOND,
                    offset + frame(specials, part.get(part.size() - 1)) / FRAMES_PER_SECOND,
                    part,
                    List.of()));
            from = to;
        }
        return new SegmentedWindow(segments, advance, single);
    }

    /**
     * Splits decoded tokens into segments, including a last one that the end of the window cuts off, for windows that
     * are not followed by one that repeats it.
     *
     * @param tokens text and timestamps
     * @param firstFrame frame of the recording that the window begins at
     * @param frames frames of the window that hold audio
     * @return the segments in order; none of them goes beyond the audio, but they may be empty
     */
    static List<DecodedSegment> all(SpecialTokens specials, List<Integer> tokens, long firstFrame, long frames) {
        List<Integer> cuts = cutsBetweenPairs(specials, tokens);
        cuts.add(tokens.size());
        double offset = firstFrame / FRAMES_PER_SECOND;
        double audioEnd = (firstFrame + frames) / FRAMES_PER_SECOND;
        List<DecodedSegment> segments = new ArrayList<>();
        int from = 0;
        for (int to : cuts) {
            DecodedSegment part = unbroken(specials, tokens.subList(from, to), offset, frames);
            segments.add(new DecodedSegment(part.start(), Math.min(part.end(), audioEnd), part.tokens(), List.of()));
            from = to;
        }
        return segments;
    }

    /** Returns the index of the second timestamp of each pair. */
    private static List<Integer> cutsBetweenPairs(SpecialTokens specials, List<Integer> tokens) {
        List<Integer> cuts = new ArrayList<>();
        for (int i = 1; i < tokens.size(); i++) {
            if (specials.isTimestamp(tokens.get(i - 1)) && specials.isTimestamp(tokens.get(i))) {
                cuts.add(i);
            }
        }
        return cuts;
    }

    /**
     * Returns tokens as one segment: from their first timestamp to the last, or to the end of the audio if there is
     * only one.
     *
     * <p>In the reference, a segment that spans the whole window starts at the window, even if its first timestamp is
     * later.
     */
    private static DecodedSegment unbroken(SpecialTokens specials, List<Integer> tokens, double offset, long frames) {
        long start = 0;
        long end = frames;
        if (!tokens.isEmpty() && specials.isTimestamp(tokens.get(0))) {
            start = Math.min(frames, frame(specials, tokens.get(0)));
        }
        for (int token : tokens) {
            if (specials.isTimestamp(token) && frame(specials, token) > start) {
                end = frame(specials, token);
            }
        }
        return new DecodedSegment(
                offset + start / FRAMES_PER_SECOND, offset + end / FRAMES_PER_SECOND, tokens, List.of());
    }

    private static long frame(SpecialTokens specials, int timestamp) {
        return (long) FRAMES_PER_TIMESTAMP * (timestamp - specials.timestampBegin());
    }
}
