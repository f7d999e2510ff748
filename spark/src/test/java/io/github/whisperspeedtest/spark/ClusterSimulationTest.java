package io.github.whisperspeedtest.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ClusterSimulationTest {
    private static final double[] EVEN = {1};

    @Test
    void equalTasksWithoutCostsScale() {
        ClusterSimulation simulation = new ClusterSimulation(EVEN, 0, 0);

        assertThat(run(simulation, tasks(1_000, 10), 1, 0, false).seconds()).isCloseTo(10_000, within(1e-6));
        assertThat(run(simulation, tasks(1_000, 10), 100, 0, false).seconds()).isCloseTo(100, within(1e-6));
        assertThat(run(simulation, tasks(1_000, 10), 100, 0, false).efficiency())
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void theLongestTaskIsABound() {
        double[] tasks = tasks(100, 1);
        tasks[0] = 500;

        ClusterSimulation.Result result = run(new ClusterSimulation(EVEN, 0, 0), tasks, 50, 0, false);

        assertThat(result.seconds()).isCloseTo(500, within(1e-6));
        assertThat(result.tail()).isGreaterThan(0.9);
    }

    @Test
    void theDriverIsABound() {
        ClusterSimulation.Result result = run(new ClusterSimulation(EVEN, 0, 0.01), tasks(10_000, 1), 1_000, 0, false);

        assertThat(result.seconds()).isCloseTo(101, within(0.5));
        assertThat(result.driver()).isGreaterThan(0.98);
    }

    @Test
    void loadingTheModelIsPaidOnceByEachExecutor() {
        ClusterSimulation.Result result = run(new ClusterSimulation(EVEN, 20, 0), tasks(100, 10), 10, 0, false);

        assertThat(result.seconds()).isCloseTo(120, within(1e-6));
        assertThat(result.loading()).isCloseTo(20.0 / 120, within(1e-9));
    }

    @Test
    void speculationShortensTheEndWithSlowExecutors() {
        ClusterSimulation simulation = new ClusterSimulation(EVEN, 0, 0);

        double without = run(simulation, tasks(400, 10), 100, 0.05, false).seconds();
        double with = run(simulation, tasks(400, 10), 100, 0.05, true).seconds();

        assertThat(without).isGreaterThan(60);
        assertThat(with).isLessThan(without);
        assertThat(with).isGreaterThanOrEqualTo(40);
    }

    private static ClusterSimulation.Result run(
            ClusterSimulation simulation, double[] tasks, int executors, double slowShare, boolean speculation) {
        return simulation.run(tasks, executors, slowShare, 10, speculation, 7);
    }

    private static double[] tasks(int count, double seconds) {
        double[] tasks = new double[count];
        Arrays.fill(tasks, seconds);
        return tasks;
    }
}
