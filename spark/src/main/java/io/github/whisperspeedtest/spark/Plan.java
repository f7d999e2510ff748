package io.github.whisperspeedtest.spark;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.spark.Partitioner;

/**
 * The division of recordings into tasks of about the same length: short recordings in bundles, long ones in pieces.
 *
 * <p>The bundles are filled longest recording first, each into the emptiest bundle, and the fullest bundle is the first task. Source: R. L.
 * Graham, <i>Bounds on Multiprocessing Timing Anomalies</i>, 1969 (longest processing time first).
 */
final class Plan {
    /** A recording is cut if it is longer than so many pieces: the halves of a slightly longer one would be short pieces. */
    private static final double CUT_ABOVE = 1.5;

    /** So many tasks for each slot of the cluster even out slow and fast ones. */
    private static final int TASKS_PER_SLOT = 4;

    /** A shorter task is mostly its own start. */
    private static final double SHORTEST_TASK_SECONDS = 30;

    /** Every recording costs time, also a broken or very short one. */
    private static final double LEAST_WEIGHT_SECONDS = 1;

    private final List<List<Recording>> bundles;
    private final List<Recording> cut;
    private final int[] firstPieces;
    private final int pieces;

    private Plan(List<List<Recording>> bundles, List<Recording> cut, int[] firstPieces, int pieces) {
        this.bundles = bundles;
        this.cut = cut;
        this.firstPieces = firstPieces;
        this.pieces = pieces;
    }

    /**
     * Divides recordings.
     *
     * @param recordings their ids are their indices
     * @param slots tasks that the cluster runs at once
     */
    static Plan of(List<Recording> recordings, int slots, Duration pieceLength, Duration taskLength) {
        double pieceSeconds = pieceLength.toMillis() / 1e3;
        List<Recording> whole = new ArrayList<>();
        List<Recording> cut = new ArrayList<>();
        for (Recording recording : recordings) {
            (recording.seconds > CUT_ABOVE * pieceSeconds ? cut : whole).add(recording);
        }
        Comparator<Recording> longestFirst = Comparator.comparingDouble((Recording recording) -> -recording.seconds)
                .thenComparing(r -> r.id);
        whole.sort(longestFirst);
        cut.sort(longestFirst);
        int[] firstPieces = new int[recordings.size()];
        int pieces = 0;
        for (Recording recording : cut) {
            firstPieces[recording.id] = pieces;
            pieces += (int) Math.min(1_000_000, Math.ceil(recording.seconds / pieceSeconds));
        }
        return new Plan(bundles(whole, slots, taskLength.toMillis() / 1e3), cut, firstPieces, pieces);
    }

    private static List<List<Recording>> bundles(List<Recording> longestFirst, int slots, double taskSeconds) {
        double total = longestFirst.stream().mapToDouble(Plan::weight).sum();
        double length =
                Math.min(taskSeconds, Math.max(SHORTEST_TASK_SECONDS, total / (TASKS_PER_SLOT * (double) slots)));
        int count = (int) Math.min(longestFirst.size(), Math.ceil(total / length));
        List<Bundle> bundles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bundles.add(new Bundle(i));
        }
        PriorityQueue<Bundle> emptiest = new PriorityQueue<>(
                Comparator.comparingDouble((Bundle bundle) -> bundle.seconds).thenComparing(bundle -> bundle.number));
        emptiest.addAll(bundles);
        for (Recording recording : longestFirst) {
            Bundle bundle = emptiest.remove();
            bundle.recordings.add(recording);
            bundle.seconds += weight(recording);
            emptiest.add(bundle);
        }
        bundles.sort(
                Comparator.comparingDouble((Bundle bundle) -> -bundle.seconds).thenComparing(b -> b.number));
        return bundles.stream().map(bundle -> bundle.recordings).toList();
    }

    private static double weight(Recording recording) {
        return Math.max(LEAST_WEIGHT_SECONDS, recording.seconds);
    }

    /** Returns the recordings of each task that are transcribed whole. */
    List<List<Recording>> bundles() {
        return bundles;
    }

    /** Returns the recordings that are cut, the longest first. */
    List<Recording> cut() {
        return cut;
    }

    /** Returns a partitioner that gives each piece, by its {@link PieceKey}, a partition of its own as far as the estimates hold. */
    Partitioner pieces() {
        return new Pieces(Math.max(1, pieces), firstPieces);
    }

    private static final class Bundle {
        private final int number;
        private final List<Recording> recordings = new ArrayList<>();
        private double seconds;

        private Bundle(int number) {
            this.number = number;
        }
    }

    /** Identifies a piece. */
    static final class PieceKey implements Serializable {
        private static final long serialVersionUID = 1L;

        private final int recording;
        private final int index;

        PieceKey(int recording, int index) {
            this.recording = recording;
            this.index = index;
        }
    }

    private static final class Pieces extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final int count;
        private final int[] firstPieces;

        private Pieces(int count, int[] firstPieces) {
            this.count = count;
            this.firstPieces = firstPieces;
        }

        @Override
        public int numPartitions() {
            return count;
        }

        @Override
        public int getPartition(Object key) {
            PieceKey piece = (PieceKey) key;
            return (firstPieces[piece.recording] + piece.index) % count;
        }
    }
}
