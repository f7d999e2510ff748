package io.github.whisperspeedtest.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.apache.spark.Partitioner;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Duration PIECE = Duration.ofMinutes(10);
    private static final Duration TASK = Duration.ofMinutes(15);

    @Test
    void eachRecordingIsInOneTask() {
        List<Recording> recordings = recordings(new Random(1).doubles(5_000, 0, 3_000));

        Plan plan = Plan.of(recordings, 8, PIECE, TASK);

        List<Integer> ids = new ArrayList<>();
        plan.bundles().forEach(bundle -> bundle.forEach(recording -> ids.add(recording.id)));
        plan.waves().forEach(wave -> wave.recordings().forEach(recording -> ids.add(recording.id)));
        assertThat(ids).hasSize(5_000).doesNotHaveDuplicates();
        assertThat(plan.waves()).hasSizeGreaterThan(10);
        assertThat(plan.waves()).allSatisfy(wave -> {
            assertThat(wave.recordings())
                    .allSatisfy(recording -> assertThat(recording.seconds).isGreaterThan(900));
            assertThat(wave.pieces().numPartitions()).isLessThan(160);
        });
        assertThat(plan.bundles()).allSatisfy(bundle -> assertThat(bundle).isNotEmpty());
    }

    /** Durations as of a call centre: many short calls, few long ones. */
    @Test
    void bundlesAreAboutAsLong() {
        Random random = new Random(2);
        List<Recording> recordings =
                recordings(DoubleStream.generate(() -> Math.min(890, Math.exp(4 + random.nextGaussian())))
                        .limit(20_000));

        Plan plan = Plan.of(recordings, 100, PIECE, TASK);

        double[] lengths =
                plan.bundles().stream().mapToDouble(PlanTest::seconds).toArray();
        double mean = DoubleStream.of(lengths).average().orElseThrow();
        assertThat(mean).isBetween(850.0, 900.0);
        assertThat(DoubleStream.of(lengths).max().orElseThrow()).isLessThan(1.02 * mean);
        assertThat(lengths[0]).isEqualTo(DoubleStream.of(lengths).max().orElseThrow());
    }

    /** Otherwise three tasks would keep three of a hundred slots busy. */
    @Test
    void littleAudioIsSpreadOverAllSlots() {
        List<Recording> recordings = recordings(DoubleStream.generate(() -> 6).limit(500));

        Plan plan = Plan.of(recordings, 10, PIECE, TASK);

        assertThat(plan.bundles()).hasSize(40);
        assertThat(plan.bundles())
                .allSatisfy(bundle -> assertThat(seconds(bundle)).isBetween(70.0, 80.0));
    }

    /** Each costs a request to its file system at least. */
    @Test
    void brokenRecordingsAreSpreadToo() {
        Plan plan = Plan.of(recordings(DoubleStream.generate(() -> 0).limit(10_000)), 2, PIECE, TASK);

        assertThat(plan.bundles()).hasSize(12);
    }

    @Test
    void piecesHaveTasksOfTheirOwn() {
        List<Recording> recordings = recordings(DoubleStream.of(3_600, 10, 36_000, 901));
        Plan plan = Plan.of(recordings, 4, PIECE, TASK);

        assertThat(plan.waves()).hasSize(1);
        Partitioner partitioner = plan.waves().get(0).pieces();
        Set<Integer> tasks = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            tasks.add(partitioner.getPartition(new Plan.PieceKey(2, i)));
        }
        for (int i = 0; i < 6; i++) {
            tasks.add(partitioner.getPartition(new Plan.PieceKey(0, i)));
        }
        for (int i = 0; i < 2; i++) {
            tasks.add(partitioner.getPartition(new Plan.PieceKey(3, i)));
        }

        assertThat(plan.waves().get(0).recordings())
                .extracting(recording -> recording.id)
                .containsExactly(2, 0, 3);
        assertThat(partitioner.numPartitions()).isEqualTo(68);
        assertThat(tasks).hasSize(68);
    }

    /** The estimate was too low; the further pieces share tasks. */
    @Test
    void piecesBeyondTheEstimateHaveATask() {
        Partitioner partitioner = Plan.of(recordings(DoubleStream.of(2_000)), 4, PIECE, TASK)
                .waves()
                .get(0)
                .pieces();

        assertThat(partitioner.getPartition(new Plan.PieceKey(0, 99))).isBetween(0, 3);
    }

    /** The pieces of a group are on disks together; a large cluster needs larger groups to be busy. */
    @Test
    void groupsOfLongRecordingsGrowWithTheCluster() {
        List<Recording> hours = recordings(DoubleStream.generate(() -> 3_600).limit(1_000));

        Plan small = Plan.of(hours, 4, PIECE, TASK);
        Plan large = Plan.of(hours, 500, PIECE, TASK);

        assertThat(small.waves()).hasSize(40);
        assertThat(small.waves())
                .allSatisfy(wave -> assertThat(wave.pieces().numPartitions()).isEqualTo(150));
        assertThat(large.waves()).hasSize(3);
    }

    @Test
    void nothingIsNoTask() {
        Plan plan = Plan.of(List.of(), 4, PIECE, TASK);

        assertThat(plan.bundles()).isEmpty();
        assertThat(plan.waves()).isEmpty();
    }

    private static List<Recording> recordings(DoubleStream seconds) {
        List<Recording> recordings = new ArrayList<>();
        seconds.forEach(length -> recordings.add(
                Recording.of(recordings.size(), "/" + recordings.size()).measured(length)));
        return recordings;
    }

    private static double seconds(List<Recording> bundle) {
        return bundle.stream().mapToDouble(recording -> recording.seconds).sum();
    }
}
