package io.github.whisperspeedtest.benchmark.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;

/** Times of candidates whose true times are known, on a machine with noise of its own. */
final class SimulatedMachine {
    private final Random random;
    private final double sharedNoise;
    private final IntToDoubleFunction slowdown;

    /**
     * Creates a machine.
     *
     * @param sharedNoise standard deviation of the logarithm of what all candidates of a round have in common
     * @param slowdown factor of all times in a round
     */
    SimulatedMachine(long seed, double sharedNoise, IntToDoubleFunction slowdown) {
        this.random = new Random(seed);
        this.sharedNoise = sharedNoise;
        this.slowdown = slowdown;
    }

    /** A machine without noise of its own. */
    static SimulatedMachine steady(long seed) {
        return new SimulatedMachine(seed, 0, round -> 1);
    }

    /** Measures all candidates in each round. */
    List<double[]> interleaved(int rounds, List<ToDoubleFunction<Random>> candidates) {
        List<double[]> times = new ArrayList<>();
        candidates.forEach(candidate -> times.add(new double[rounds]));
        for (int round = 0; round < rounds; round++) {
            double machine = factor(round);
            for (int i = 0; i < candidates.size(); i++) {
                times.get(i)[round] = machine * candidates.get(i).applyAsDouble(random);
            }
        }
        return times;
    }

    /** Measures all rounds of one candidate before those of the next one; the slow-down goes by the number of times so far. */
    List<double[]> oneAfterAnother(int rounds, List<ToDoubleFunction<Random>> candidates) {
        List<double[]> times = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            double[] ofCandidate = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ofCandidate[round] =
                        factor(i * rounds + round) * candidates.get(i).applyAsDouble(random);
            }
            times.add(ofCandidate);
        }
        return times;
    }

    double[] measure(int rounds, ToDoubleFunction<Random> candidate) {
        return interleaved(rounds, List.of(candidate)).get(0);
    }

    private double factor(int round) {
        return slowdown.applyAsDouble(round) * Math.exp(sharedNoise * random.nextGaussian());
    }

    /** A candidate whose times have a log-normal distribution. */
    static ToDoubleFunction<Random> candidate(double median, double noise) {
        return random -> median * Math.exp(noise * random.nextGaussian());
    }

    /** A candidate that takes longer by the given factor in some rounds. */
    static ToDoubleFunction<Random> withOutliers(ToDoubleFunction<Random> candidate, double share, double factor) {
        return random -> candidate.applyAsDouble(random) * (random.nextDouble() < share ? factor : 1);
    }
}
