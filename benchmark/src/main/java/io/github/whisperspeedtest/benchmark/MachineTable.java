package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The results of several machines: what runs where, and how fast.
 *
 * @param machines the machines, in the order of the reports
 * @param rows one for each candidate and set of recordings
 */
public record MachineTable(List<Machine> machines, List<Row> rows) {
    /** Copies the lists. */
    public MachineTable {
        machines = List.copyOf(machines);
        rows = List.copyOf(rows);
    }

    /**
     * A candidate with the same recordings on all machines.
     *
     * @param candidate its name
     * @param recordings the recordings in a few words
     * @param cells its results on each machine in the order of the machines, newest first; an empty list where it was not measured
     */
    public record Row(String candidate, String recordings, List<List<Cell>> cells) {
        /** Copies the lists. */
        public Row {
            Objects.requireNonNull(candidate, "candidate");
            Objects.requireNonNull(recordings, "recordings");
            cells = cells.stream().map(List::copyOf).toList();
        }
    }

    /**
     * A result of a candidate on a machine.
     *
     * @param startedAt when its benchmark began
     * @param result the result
     * @param speed length of the recordings divided by the median time, null if it did not run
     */
    public record Cell(
            Instant startedAt,
            BenchmarkResult result,
            @Nullable Double speed) {
        /** Checks for null. */
        public Cell {
            Objects.requireNonNull(startedAt, "startedAt");
            Objects.requireNonNull(result, "result");
        }

        /** Returns the word error rate, empty if it is unknown. */
        public Optional<Double> errorRate() {
            return result instanceof Measured measured ? measured.errorRate().map(ErrorRate::rate) : Optional.empty();
        }

        /** Returns the outcome, such as {@code 40.1×, 3.2 % WER} or {@code failed: crashed}. */
        public String describe() {
            return speed == null
                    ? ResultTable.status(result)
                    : Quantities.number(speed) + "\u00D7"
                            + errorRate()
                                    .map(rate -> ", " + Quantities.percent(rate) + " WER")
                                    .orElse("");
        }
    }

    private record Key(String candidate, List<List<Object>> recordings) {}

    /** Collects the results of reports. Speeds are comparable only within a row, because recordings differ in how fast they are transcribed. */
    public static MachineTable of(List<BenchmarkReport> reports) {
        List<Machine> machines = reports.stream()
                .map(report -> Machine.of(report.environment()))
                .distinct()
                .toList();
        Map<Key, Row> rows = new LinkedHashMap<>();
        for (BenchmarkReport report : reports) {
            int machine = machines.indexOf(Machine.of(report.environment()));
            for (BenchmarkResult result : report.results()) {
                String name = result.candidate().name();
                Row row = rows.computeIfAbsent(
                        new Key(name, Recordings.identity(report.settings())),
                        unused -> emptyRow(name, report.settings().describeRecordings(), machines.size()));
                rows.put(
                        new Key(name, Recordings.identity(report.settings())),
                        with(row, machine, new Cell(report.startedAt(), result, speed(report, result))));
            }
        }
        return new MachineTable(machines, List.copyOf(rows.values()));
    }

    private static @Nullable Double speed(BenchmarkReport report, BenchmarkResult result) {
        return result instanceof Measured measured ? Double.valueOf(report.speed(measured)) : null;
    }

    private static Row emptyRow(String candidate, String recordings, int machines) {
        List<List<Cell>> cells = new ArrayList<>();
        for (int i = 0; i < machines; i++) {
            cells.add(List.of());
        }
        return new Row(candidate, recordings, cells);
    }

    private static Row with(Row row, int machine, Cell cell) {
        List<List<Cell>> cells = new ArrayList<>(row.cells());
        List<Cell> more = new ArrayList<>(cells.get(machine));
        more.add(cell);
        more.sort(Comparator.comparing(Cell::startedAt).reversed());
        cells.set(machine, more);
        return new Row(row.candidate(), row.recordings(), cells);
    }
}
