package io.github.whisperspeedtest.spark;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Simulates a job of Spark on clusters of any size from times that were measured on a small one.
 *
 * <p>An executor registers, loads the model, and then takes one task after the other. The driver starts tasks one after the other, each at a
 * measured cost, the longest first. A task takes the time of its audio, times a ratio drawn from those that were measured, times the factor
 * of its executor. With speculation, an executor without work repeats the task that has run longest, if that takes longer than half as long
 * again as the median; the first of the two counts, as with {@code spark.speculation}.
 */
final class ClusterSimulation {
    private static final double SPECULATION_FACTOR = 1.5;

    private final double[] taskRatios;
    private final double loadSeconds;
    private final double dispatchSeconds;

    /**
     * Creates a simulation.
     *
     * @param taskRatios time of tasks relative to the mean for their audio, as measured
     * @param loadSeconds time of an executor from its start until the model is loaded
     * @param dispatchSeconds time of the driver for each task
     */
    ClusterSimulation(double[] taskRatios, double loadSeconds, double dispatchSeconds) {
        this.taskRatios = taskRatios.clone();
        this.loadSeconds = loadSeconds;
        this.dispatchSeconds = dispatchSeconds;
    }

    /**
     * The result for one cluster.
     *
     * @param seconds time of the job
     * @param efficiency time in tasks that counted, of all time of all executors
     * @param loading share of the executors' time in which they load the model
     * @param tail share of it after the last task has been started, in which executors have nothing to do
     * @param driver share of the time in which the driver starts tasks
     */
    record Result(double seconds, double efficiency, double loading, double tail, double driver) {}

    /**
     * Runs a job.
     *
     * @param taskSeconds mean time of each task for its audio
     * @param executors size of the cluster, one task for each at a time
     * @param slowShare share of the executors that are slow
     * @param slowFactor how many times longer their tasks take
     */
    Result run(
            double[] taskSeconds, int executors, double slowShare, double slowFactor, boolean speculation, long seed) {
        Random random = new Random(seed);
        double[] order = taskSeconds.clone();
        Arrays.sort(order);
        double[] factors = new double[executors];
        for (int i = 0; i < executors; i++) {
            factors[i] = random.nextDouble() < slowShare ? slowFactor : 1;
        }
        PriorityQueue<double[]> free = new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));
        for (int i = 0; i < executors; i++) {
            free.add(new double[] {loadSeconds, i});
        }
        double driver = 0;
        double useful = 0;
        double[] starts = new double[order.length];
        double[] ends = new double[order.length];
        double[] lastEnds = new double[executors];
        Arrays.fill(lastEnds, loadSeconds);
        for (int i = 0; i < order.length; i++) {
            double[] executor = free.remove();
            driver = Math.max(driver, executor[0]) + dispatchSeconds;
            double ratio = taskRatios[random.nextInt(taskRatios.length)];
            double length = order[order.length - 1 - i] * ratio;
            starts[i] = driver;
            ends[i] = driver + length * factors[(int) executor[1]];
            useful += length;
            lastEnds[(int) executor[1]] = ends[i];
            free.add(new double[] {ends[i], executor[1]});
        }
        double lastStart = starts.length == 0 ? loadSeconds : starts[starts.length - 1];
        if (speculation) {
            speculate(free, starts, ends, factors, order);
        }
        double end = Arrays.stream(ends).max().orElse(loadSeconds);
        double all = end * executors;
        double idle = 0;
        for (double last : lastEnds) {
            idle += Math.max(0, end - Math.max(last, lastStart));
        }
        return new Result(
                end, useful / all, loadSeconds * executors / all, idle / all, dispatchSeconds * order.length / end);
    }

    /** Repeats the tasks that end last on executors that have nothing to do. */
    private static void speculate(
            PriorityQueue<double[]> free, double[] starts, double[] ends, double[] factors, double[] order) {
        double median = order[order.length / 2];
        Integer[] byEnd = new Integer[ends.length];
        Arrays.setAll(byEnd, i -> i);
        Arrays.sort(byEnd, (a, b) -> Double.compare(ends[b], ends[a]));
        for (int task : byEnd) {
            double[] executor = free.peek();
            if (executor == null || executor[0] >= ends[task]) {
                return;
            }
            double from = Math.max(executor[0], starts[task] + SPECULATION_FACTOR * median);
            double again = from + median * factors[(int) executor[1]];
            if (again < ends[task]) {
                free.remove();
                ends[task] = again;
                free.add(new double[] {again, executor[1]});
            }
        }
    }
}
