package io.github.whisperspeedtest.spark;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * Accumulators of a job, which Spark's UI shows with each stage. A task that runs twice is counted twice in them, but not in the results.
 */
final class Progress implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final double SECONDS_PER_HOUR = 3600;

    private final LongAccumulator recordings;
    private final LongAccumulator failures;
    private final DoubleAccumulator audioHours;
    private final DoubleAccumulator engineHours;

    /** Known on the driver only. */
    private transient double expectedSeconds;

    /** Creates the accumulators. */
    Progress(SparkContext context) {
        recordings = context.longAccumulator("recordings and pieces transcribed");
        failures = context.longAccumulator("recordings and pieces failed");
        audioHours = context.doubleAccumulator("hours of audio transcribed");
        engineHours = context.doubleAccumulator("hours in engines");
    }

    /** Sets how much audio there is, by estimate. */
    void expect(double seconds) {
        expectedSeconds = seconds;
    }

    /** Returns how much audio there is, by estimate. */
    double expectedSeconds() {
        return expectedSeconds;
    }

    /** Counts a result of a task. */
    void add(Transcript result) {
        if (result.error != null) {
            failures.add(1);
        } else {
            recordings.add(1);
        }
        if (result.duration != null) {
            audioHours.add(result.duration / SECONDS_PER_HOUR);
        }
        if (result.seconds != null) {
            engineHours.add(result.seconds / SECONDS_PER_HOUR);
        }
        ExecutorMetrics.add(result);
    }

    /** Returns the recordings and pieces that have ended, failed ones included. */
    long ended() {
        return recordings.value() + failures.value();
    }

    /** Returns the recordings and pieces that failed. */
    long failed() {
        return failures.value();
    }

    /** Returns how much audio was transcribed. */
    double audioSeconds() {
        return audioHours.value() * SECONDS_PER_HOUR;
    }
}
