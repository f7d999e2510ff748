package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BaselineComparison.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much worse a report may be than its baseline.
 *
 * <p>A time exceeds its limit if the whole 95 % interval of the change lies beyond it; if only the estimate does, that is a warning. So a
 * limit is not exceeded by chance, and with fewer than four runs it can only warn.
 *
 * @param slower largest increase of the time, 0.05 for 5 %; null for none
 * @param worse largest increase of the word error rate, 0.005 for half a percentage point; null for none
 */
public record RegressionLimits(
        @Nullable Double slower, @Nullable Double worse) {
    /** Rates are quotients of small integers; the difference of two has an error far below this. */
    private static final double ROUNDING = 1e-9;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is negative or not finite
     */
    public RegressionLimits {
        require("slower", slower);
        require("worse", worse);
    }

    /**
     * Something about a limit.
     *
     * @param failure whether the limit is exceeded; otherwise it is a warning
     * @param message what and by how much, as a sentence
     */
    public record Finding(boolean failure, String message) {
        /** Checks that the message is not null. */
        public Finding {
            Objects.requireNonNull(message, "message");
        }
    }

    /**
     * Returns what exceeds the limits, or may do so.
     *
     * <p>A candidate that ran in the baseline and has no result any more is a failure. So is a comparison in which nothing is comparable: a gate
     * that checks nothing must not look like one that is passed.
     */
    public List<Finding> check(BaselineComparison comparison) {
        List<Finding> findings = new ArrayList<>();
        if (slower == null && worse == null) {
            return findings;
        }
        for (Change change : comparison.changes()) {
            if (change.isLost()) {
                findings.add(new Finding(true, change.candidate() + " ran in the baseline and has no result now."));
            }
            checkTime(change, findings);
            checkErrors(change, findings);
        }
        if (slower != null && comparison.changes().stream().allMatch(change -> change.time() == null)) {
            findings.add(new Finding(true, "No time could be compared, so the limit for times was not checked."));
        }
        if (worse != null && comparison.changes().stream().allMatch(change -> change.errors() == null)) {
            findings.add(new Finding(
                    true, "No word error rate could be compared, so the limit for errors was not checked."));
        }
        return List.copyOf(findings);
    }

    private void checkTime(Change change, List<Finding> findings) {
        if (slower == null || change.time() == null) {
            return;
        }
        double estimate = change.time().ratio() - 1;
        if (change.time().low() - 1 > slower) {
            findings.add(new Finding(
                    true,
                    change.candidate() + " is " + change.describeTime() + "; the limit is " + Quantities.percent(slower)
                            + "."));
        } else if (estimate > slower) {
            findings.add(new Finding(
                    false,
                    change.candidate() + " is about " + Quantities.percent(estimate) + " slower, above the limit of "
                            + Quantities.percent(slower)
                            + (change.time().isKnown()
                                    ? ", but its 95 % interval begins at "
                                            + Change.signed(change.time().low() - 1)
                                            + ". Use more runs (-n) to be sure."
                                    : ", but there are too few runs to be sure. Use ten or more (-n 10).")));
        }
    }

    private void checkErrors(Change change, List<Finding> findings) {
        if (worse != null && change.errors() != null && change.errors() > worse + ROUNDING) {
            findings.add(new Finding(
                    true,
                    change.candidate() + " has " + change.describeErrors() + "; the limit is "
                            + Quantities.hundredths(worse * 100) + " points."));
        }
    }

    private static void require(String name, @Nullable Double limit) {
        if (limit != null && !(limit >= 0 && limit < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "The limit '" + name + "' is " + limit + "; expected a finite number of at least 0");
        }
    }
}
