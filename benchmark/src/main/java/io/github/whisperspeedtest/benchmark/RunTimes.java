package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The times of a candidate.
 *
 * @param coldStart time from the start of its process until the model is loaded, null if unknown
 * @param load time to load the model
 * @param firstRun time of the first run, a warm-up run if there was one
 * @param runs the timed runs in order, each of all recordings; at least one, each longer than zero
 * @param started start of each timed run, from the start of the benchmark; empty if unknown
 * @param steadyFrom index of the first timed run in the steady state; statistics cover the runs from there
 * @param group number of the group of candidates that were measured in the same rounds; runs of one group with the same index are
 *     from the same round
 * @param cpu the CPU usage during each timed run, empty if unknown
 * @param joules energy that the processors of the machine used during each timed run, empty if unknown
 */
public record RunTimes(
        @Nullable Duration coldStart,
        Duration load,
        Duration firstRun,
        List<Duration> runs,
        List<Duration> started,
        int steadyFrom,
        int group,
        List<CpuUsage> cpu,
        List<Double> joules) {
    /** Copies the lists and checks their sizes. */
    public RunTimes {
        Objects.requireNonNull(load, "load");
        Objects.requireNonNull(firstRun, "firstRun");
        runs = List.copyOf(runs);
        started = List.copyOf(started);
        cpu = List.copyOf(cpu);
        joules = List.copyOf(joules);
        if (runs.isEmpty() || runs.stream().anyMatch(run -> run.isNegative() || run.isZero())) {
            throw new IllegalArgumentException("there must be one or more positive run times, but they are " + runs);
        }
        checkSize("cpu", cpu, runs);
        checkSize("started", started, runs);
        checkSize("joules", joules, runs);
        if (steadyFrom < 0 || steadyFrom >= runs.size()) {
            throw new IllegalArgumentException(
                    "steadyFrom must be the index of one of the " + runs.size() + " runs, but is " + steadyFrom);
        }
    }

    /** Creates times that are all in the steady state, of a candidate that was measured on its own. */
    public RunTimes(Duration load, Duration firstRun, List<Duration> runs, List<CpuUsage> cpu) {
        this(null, load, firstRun, runs, List.of(), 0, 0, cpu, List.of());
    }

    private static void checkSize(String name, List<?> values, List<Duration> runs) {
        if (!values.isEmpty() && values.size() != runs.size()) {
            throw new IllegalArgumentException(
                    name + " must have an entry for each of the " + runs.size() + " runs, but has " + values.size());
        }
    }

    /** Returns the mean energy of a run in the steady state in joules, empty if unknown. */
    OptionalDouble meanJoules() {
        return joules.stream().skip(steadyFrom).mapToDouble(Double::doubleValue).average();
    }

    /** Returns the timed runs in the steady state. */
    public List<Duration> steady() {
        return runs.subList(steadyFrom, runs.size());
    }
}
