package io.github.whisperspeedtest.spark;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** About a day of audio in pieces of ten minutes, or 3 GB of temporary files. */
    private static final int PIECES_OF_WAVE = 150;

    /** Whatever the header of a recording says about its length. */
    private static final int MOST_PIECES = 10_000;

    /** A shorter task is mostly its own start. */
    private static final double SHORTEST_TASK_SECONDS = 30;

    /** Every recording costs time, also a broken or very short one. */
    private static final double LEAST_WEIGHT_SECONDS = 1;

    private final List<List<Recording>> bundles;
    private final List<Wave> waves;

    private Plan(List<List<Recording>> bundles, List<Wave> waves) {
        this.bundles = bundles;
        this.waves = waves;
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
        return new Plan(bundles(whole, slots, taskLength.toMillis() / 1e3), waves(cut, slots, pieceSeconds));
    }

    private static List<Wave> waves(List<Recording> longestFirst, int slots, double pieceSeconds) {
        int enough = Math.max(PIECES_OF_WAVE, TASKS_PER_SLOT * slots);
        List<Wave> waves = new ArrayList<>();
        List<Recording> recordings = new ArrayList<>();
        Map<Integer, Integer> firstPieces = new HashMap<>();
        int pieces = 0;
        for (Recording recording : longestFirst) {
            recordings.add(recording);
            firstPieces.put(recording.id, pieces);
            pieces += (int) Math.min(MOST_PIECES, Math.ceil(recording.seconds / pieceSeconds));
            if (pieces >= enough) {
                waves.add(new Wave(recordings, new Pieces(pieces, firstPieces)));
                recordings = new ArrayList<>();
                firstPieces = new HashMap<>();
                pieces = 0;
            }
        }
        if (!recordings.isEmpty()) {
            waves.add(new Wave(recordings, new Pieces(pieces, firstPieces)));
        }
        return waves;
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

    /**
     * Returns the recordings that are cut, the longest first, in groups for one job each.
     *
     * <p>All pieces of a job are on disks before the first one is transcribed, and all are transcribed before the first recording is complete. So
     * a group has only as many as the cluster needs.
     */
    List<Wave> waves() {
        return waves;
    }

    /**
     * Long recordings of one job.
     *
     * @param pieces gives each piece, by its {@link PieceKey}, a partition of its own as far as the estimates hold
     */
    record Wave(List<Recording> recordings, Partitioner pieces) {}

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
        private final HashMap<Integer, Integer> firstPieces;

        private Pieces(int count, Map<Integer, Integer> firstPieces) {
            this.count = count;
            this.firstPieces = new HashMap<>(firstPieces);
        }

        @Override
        public int numPartitions() {
            return count;
        }

        @Override
        public int getPartition(Object key) {
            PieceKey piece = (PieceKey) key;
            return (firstPieces.getOrDefault(piece.recording, 0) + piece.index) % count;
        }
    }
}
