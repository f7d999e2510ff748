package io.github.whisperspeedtest.streaming;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Chooses how much new speech a hypothesis waits for. */
final class Pace {
    /** Two hypotheses must agree, so a word waits for about two steps. */
    private static final int STEPS = 2;

    private static final Duration LEAST_STEP = Duration.ofMillis(300);

    /** The weight of the newest time in the mean. */
    private static final double WEIGHT = 0.3;

    /** Leaves a fifth of the time to detection and listeners. */
    private static final double RESERVE = 1.25;

    /** The first times include what an engine does only once. */
    private static final int WARM_UP = 3;

    private static final double SLOW = 1.5;
    private static final double CHANGED = 1.25;

    private final double target;
    private double cost;
    private long decodes;
    private double reported;

    Pace(Duration latency) {
        Duration step = latency.dividedBy(STEPS);
        target = (step.compareTo(LEAST_STEP) < 0 ? LEAST_STEP : step).toNanos();
        reported = target;
    }

    void add(Duration decodeTime) {
        decodes++;
        cost = decodes <= WARM_UP
                ? decodes == 1 ? decodeTime.toNanos() : Math.min(cost, decodeTime.toNanos())
                : cost + WEIGHT * (decodeTime.toNanos() - cost);
    }

    /** Returns the new speech that the next hypothesis waits for. */
    Duration step() {
        return Duration.ofNanos((long) Math.max(target, RESERVE * cost));
    }

    Duration decodeTime() {
        return Duration.ofNanos((long) cost);
    }

    /** Returns the step if it is too long for the latency, and differs from the one that was reported last. */
    @Nullable
    Duration slowStep() {
        double step = step().toNanos();
        if (step <= SLOW * target) {
            reported = target;
            return null;
        }
        if (decodes < WARM_UP || step <= CHANGED * reported && step >= reported / CHANGED) {
            return null;
        }
        reported = step;
        return step();
    }
}
