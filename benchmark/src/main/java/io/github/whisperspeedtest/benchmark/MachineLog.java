package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.machine.MachineState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The state of the machine during a benchmark.
 *
 * @param before the state before the first candidate started
 * @param after the state after the last round so far
 * @param warnings what in these states affects the results, as sentences
 */
public record MachineLog(MachineState before, MachineState after, List<String> warnings) {
    /** Copies the list. */
    public MachineLog {
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        warnings = List.copyOf(warnings);
    }

    /** Starts a log. */
    static MachineLog start() {
        MachineState state = MachineState.sample();
        return new MachineLog(state, state, state.warnings());
    }

    /** Returns the log with the present state. */
    MachineLog next() {
        MachineState now = MachineState.sample();
        Set<String> all = new LinkedHashSet<>(before.warnings());
        all.addAll(now.warnings());
        all.addAll(now.warningsSince(before));
        return new MachineLog(before, now, new ArrayList<>(all));
    }
}
