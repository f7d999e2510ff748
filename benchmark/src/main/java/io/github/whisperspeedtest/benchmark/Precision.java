package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.statistics.StoppingRule;
import io.github.whisperspeedtest.benchmark.statistics.WarmUp;
import java.time.Duration;
import java.util.List;

/** Applies the statistics of times to rounds whose number is open. */
final class Precision {
    /** Half the width of the 95 % interval of a median, as a fraction of it. */
    private static final double TARGET = 0.02;

    /** With fewer rounds, stopping at the first narrow interval makes the interval too narrow (StoppingRuleTest). */
    private static final int MIN_ROUNDS = 10;

    private static final StoppingRule RULE = new StoppingRule(TARGET, MIN_ROUNDS, Rounds.MAX_OPEN);

    private Precision() {}

    /** Returns whether more rounds are not needed. Rounds before the steady state do not count. */
    static boolean isReached(List<Duration> times) {
        double[] seconds = seconds(times);
        int steady = WarmUp.steadyFrom(seconds);
        return RULE.isMet(seconds(times.subList(steady, times.size())));
    }

    /** Returns the index of the first round in the steady state. */
    static int steadyFrom(List<Duration> times) {
        return WarmUp.steadyFrom(seconds(times));
    }

    /** Returns whether the times have a trend instead of a steady state. */
    static boolean isDrifting(List<Duration> times) {
        return WarmUp.isDrifting(seconds(times));
    }

    static double[] seconds(List<Duration> times) {
        return times.stream().mapToDouble(time -> time.toNanos() / 1e9).toArray();
    }
}
