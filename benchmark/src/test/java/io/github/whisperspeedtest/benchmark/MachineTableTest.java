package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineTableTest {
    private static final BenchmarkEnvironment OTHER = SavedRuns.environment("Other Chip", 8);

    private static List<List<String>> texts(MachineTable.Row row) {
        return row.cells().stream()
                .map(cells -> cells.stream().map(MachineTable.Cell::describe).toList())
                .toList();
    }

    @Test
    void everyMachineIsAColumn() {
        MachineTable table = MachineTable.of(List.of(
                SavedRuns.report(
                        1, SavedRuns.result("faster", "base", 2, 50), SavedRuns.result("mps", "base", 4, null)),
                SavedRuns.report(
                        2,
                        OTHER,
                        "a.wav",
                        SavedRuns.result("faster", "base", 1, 50),
                        new Failed(SavedRuns.candidate("mlx", "base"), "1", FailureCategory.CRASHED, "reason", null))));

        assertThat(table.machines())
                .extracting(Machine::describe)
                .containsExactly("Example Chip 9000, 2 cores", "Other Chip, 8 cores");
        assertThat(table.rows())
                .extracting(MachineTable.Row::candidate)
                .containsExactly("faster/base", "mps/base", "mlx/base");
        assertThat(table.rows())
                .extracting(MachineTableTest::texts)
                .containsExactly(
                        List.of(List.of("10.0×, 5.0 % WER"), List.of("20.0×, 5.0 % WER")),
                        List.of(List.of("5.00×"), List.of()),
                        List.of(List.of(), List.of("failed: crashed")));
    }

    @Test
    void repeatedResultsAreAllThereNewestFirst() {
        MachineTable table = MachineTable.of(List.of(
                SavedRuns.report(1, SavedRuns.result("faster", "base", 2, null)),
                SavedRuns.report(3, SavedRuns.result("faster", "base", 1, null)),
                SavedRuns.report(2, SavedRuns.result("faster", "base", 4, null))));

        assertThat(table.machines()).hasSize(1);
        assertThat(texts(table.rows().get(0))).containsExactly(List.of("20.0×", "5.00×", "10.0×"));
    }

    @Test
    void otherRecordingsAreAnotherRow() {
        MachineTable table = MachineTable.of(List.of(
                SavedRuns.report(1, SavedRuns.result("faster", "base", 2, null)),
                SavedRuns.report(2, OTHER, "b.wav", SavedRuns.result("faster", "base", 2, null))));

        assertThat(table.rows())
                .extracting(MachineTable.Row::recordings)
                .containsExactly("a.wav (20.0 s)", "b.wav (20.0 s)");
    }
}
