package io.github.whisperspeedtest.decoding;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Joins the texts of overlapping chunks to one.
 *
 * <p>Keeps only the text that the next chunk may change, so memory does not grow with the recording.
 */
final class ChunkMerger {
    /** Maximum length in seconds of a segment joined from two: the window of the model. */
    private static final double LONGEST_SEGMENT = 30;

    private final boolean timed;
    private final Consumer<ChunkSegment> onSegment;
    private List<ChunkSegment> pending = List.of();

    /**
     * Creates a merger.
     *
     * @param timed whether the words' times come from the model; otherwise segments are those of the chunks, cut where
     *     they are joined
     * @param onSegment receives each segment, in order of time, when no later chunk can change it
     */
    ChunkMerger(boolean timed, Consumer<ChunkSegment> onSegment) {
        this.timed = timed;
        this.onSegment = onSegment;
    }

    /**
     * Adds the next chunk.
     *
     * @param chunk follows the one before, or is the first
     * @param segments its text; empty where it is silent
     */
    void add(Chunk chunk, List<ChunkSegment> segments) {
        if (pending.isEmpty() || segments.isEmpty()) {
            List<ChunkSegment> all = new ArrayList<>(pending);
            all.addAll(segments);
            pending = all;
        } else {
            WordLine left = new WordLine(pending);
            WordLine right = new WordLine(segments);
            pending = join(left, right, MergePointFinder.find(left, right, chunk, timed), chunk.border());
        }
        int settled = 0;
        double limit = chunk.nextStart() - MergePointFinder.TOLERANCE;
        while (settled < pending.size() && pending.get(settled).lastWord().end() <= limit) {
            settled++;
        }
        List<ChunkSegment> done = pending.subList(0, settled);
        pending = List.copyOf(pending.subList(settled, pending.size()));
        done.forEach(onSegment);
    }

    private List<ChunkSegment> join(WordLine left, WordLine right, MergePoint seam, double border) {
        List<ChunkSegment> before = before(left, seam.left());
        List<ChunkSegment> after = after(right, seam.right());
        if (before.isEmpty() || after.isEmpty()) {
            return before.isEmpty() ? after : before;
        }
        ChunkSegment last = before.get(before.size() - 1);
        ChunkSegment first = after.get(0);
        List<ChunkSegment> joined = new ArrayList<>(before.subList(0, before.size() - 1));
        boolean brokenLeft = !left.isBetweenSegments(seam.left());
        boolean brokenRight = !right.isBetweenSegments(seam.right());
        if (!timed) {
            joined.add(last.until(border));
            joined.add(first.from(border, first.words()));
        } else if (brokenLeft && brokenRight && first.end() - last.start() <= LONGEST_SEGMENT) {
            List<ChunkWord> words = new ArrayList<>(last.words());
            words.addAll(first.words());
            joined.add(new ChunkSegment(last.start(), Math.max(last.end(), first.end()), words, last.window()));
        } else {
            // The start of a segment on the left comes from the model; a start within a segment on the right is only an
            // estimate.
            double start = brokenRight && !brokenLeft && seam.left() < left.wordCount()
                    ? left.words(seam.left(), seam.left() + 1).get(0).timing().start()
                    : first.start();
            joined.add(last.until(Math.max(last.start(), Math.min(last.end(), start))));
            joined.add(first.from(start, first.words()));
        }
        joined.addAll(after.subList(1, after.size()));
        return joined;
    }

    /** Returns the segments of the first words. */
    private static List<ChunkSegment> before(WordLine line, int words) {
        List<ChunkSegment> kept = new ArrayList<>();
        for (int i = 0; i < line.segments().size() && line.firstWord(i) < words; i++) {
            ChunkSegment segment = line.segments().get(i);
            if (line.firstWord(i + 1) > words) {
                List<ChunkWord> part = line.words(line.firstWord(i), words);
                segment = segment.until(part.get(part.size() - 1).timing().end(), part);
            }
            kept.add(segment);
        }
        return kept;
    }

    /** Returns the segments of the words from one on. */
    private static List<ChunkSegment> after(WordLine line, int word) {
        List<ChunkSegment> kept = new ArrayList<>();
        for (int i = 0; i < line.segments().size(); i++) {
            ChunkSegment segment = line.segments().get(i);
            if (line.firstWord(i) < word && line.firstWord(i + 1) > word) {
                List<ChunkWord> part = line.words(word, line.firstWord(i + 1));
                segment = segment.from(part.get(0).timing().start(), part);
            }
            if (line.firstWord(i + 1) > word) {
                kept.add(segment);
            }
        }
        return kept;
    }
}
