package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import java.util.ArrayList;
import java.util.List;

/**
 * The segments of a window, and where the next window is to begin.
 *
 * <p>Timestamps come in pairs between segments. After the last pair either one timestamp more ends the text, and nothing is said after
 * it, or a sentence is cut off by the end of the window, and the next window begins with it. Source: the loop of openai/whisper's
 * {@code transcribe.py}.
 *
 * @param segments the segments in order
 * @param advance frames from the beginning of this window to that of the next
 * @param endsWithSingleTimestamp whether one timestamp that is not part of a pair ends the text
 */
record SegmentedWindow(List<DecodedSegment> segments, long advance, boolean endsWithSingleTimestamp) {
    private static final double FRAMES_PER_SECOND = 100;

    /** Mel frames of a position of the encoder, which is what a timestamp counts. */
    private static final int FRAMES_PER_TIMESTAMP = 2;

    SegmentedWindow {
        segments = List.copyOf(segments);
    }

    /**
     * Cuts what was decoded into segments.
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
            return new SegmentedWindow(List.of(wholeWindow(specials, tokens, offset, frames)), frames, single);
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
     * Returns all of a window as one segment: from its first timestamp to its last, or to the end where there is none after the first.
     *
     * <p>The reference lets it begin with the window, even where the text begins with a later timestamp.
     */
    private static DecodedSegment wholeWindow(
            SpecialTokens specials, List<Integer> tokens, double offset, long frames) {
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
