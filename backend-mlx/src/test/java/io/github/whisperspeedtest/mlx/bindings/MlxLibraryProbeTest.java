package io.github.whisperspeedtest.mlx.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.process.ProcessStats;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what follows from how the child JVM ends, and which reports are kept. */
class MlxLibraryProbeTest {
    private static final ProcessStats STATS = new ProcessStats(Duration.ofSeconds(1), null);
    private static final String ABORT =
            "libc++abi: terminating due to uncaught exception of type std::runtime_error: [METAL] Command buffer"
                    + " execution failed: Insufficient Memory";

    @TempDir
    private Path directory;

    private final List<Set<MlxDevice>> skipped = new ArrayList<>();
    private MlxLibraries libraries;
    private Path engine;

    @BeforeEach
    void writeLibraries() throws IOException {
        engine = Files.writeString(directory.resolve("libmlx.so"), "the MLX that mlx-c is linked with");
        libraries = new MlxLibraries(
                Files.writeString(directory.resolve("libmlxc.so"), "mlx-c").toString(), null);
    }

    @Test
    void keepsReportUntilFileChanges() throws IOException {
        MlxReport report = report(List.of(MlxDevice.GPU, MlxDevice.CPU), Map.of(), true);
        assertThat(probe(report).report(libraries)).isEqualTo(report);
        assertThat(probe(report).report(libraries)).isEqualTo(report);
        assertThat(skipped).as("children").hasSize(1);

        // The system found it, so its path is known from the report only.
        Files.setLastModifiedTime(engine, FileTime.fromMillis(0));
        probe(report).report(libraries);
        assertThat(skipped).hasSize(2);

        Files.setLastModifiedTime(Path.of(libraries.mlxc()), FileTime.fromMillis(0));
        probe(report).report(libraries);
        assertThat(skipped).hasSize(3);
    }

    @Test
    void keepsWrongResults() {
        MlxReport report = report(List.of(MlxDevice.CPU), Map.of(MlxDevice.GPU, "it computes wrongly"), true);
        probe(report).report(libraries);
        assertThat(probe(report).report(libraries)).isEqualTo(report);
        assertThat(skipped).hasSize(1);
    }

    @Test
    void asksAgainWhereMemoryWasShort() {
        MlxReport report = report(List.of(MlxDevice.CPU), Map.of(MlxDevice.GPU, "it cannot compute"), false);
        probe(report).report(libraries);
        probe(report).report(libraries);
        assertThat(skipped).hasSize(2);
    }

    @Test
    void leavesOutDeviceThatCrashedTheChild() {
        MlxLibraryProbe probe = new MlxLibraryProbe(context(), (input, devices) -> {
            skipped.add(Set.copyOf(input.skipped()));
            if (input.skipped().isEmpty()) {
                devices.accept(MlxDevice.GPU);
                return new ChildOutcome.Crashed<>(134, "SIGABRT", ABORT, STATS);
            }
            return completed(report(List.of(MlxDevice.CPU), Map.of(), true));
        });
        MlxReport report = probe.report(libraries);
        assertThat(skipped).containsExactly(Set.of(), Set.of(MlxDevice.GPU));
        assertThat(report.devices()).containsExactly(MlxDevice.CPU);
        assertThat(report.refused().get(MlxDevice.GPU)).contains("SIGABRT", "Insufficient Memory");
        assertThat(report.lasting()).isFalse();
    }

    @Test
    void rejectsLibrariesThatWorkOnNoDevice() {
        MlxReport report = report(List.of(), Map.of(MlxDevice.GPU, "it computes wrongly"), true);
        assertThatThrownBy(() -> probe(report).report(libraries))
                .isInstanceOf(RuntimeUnavailableException.class)
                .hasMessageContainingAll(libraries.mlxc(), "works on no device; gpu: it computes wrongly", "LIBDIR");
    }

    @Test
    void rejectsLibrariesThatCrashWhenTheyAreLoaded() {
        MlxLibraryProbe probe = new MlxLibraryProbe(
                context(), (input, devices) -> new ChildOutcome.Crashed<>(139, "SIGSEGV", "", STATS));
        assertThatThrownBy(() -> probe.report(libraries))
                .isInstanceOf(RuntimeUnavailableException.class)
                .hasMessageContainingAll(libraries.mlxc(), "cannot be used", "SIGSEGV");
    }

    @Test
    void passesOnProblem() {
        MlxLibraryProbe probe = new MlxLibraryProbe(
                context(),
                (input, devices) -> new ChildOutcome.Completed<>(
                        new MlxProbeTask.Answer(null, new Problem("MLX is too old", "Update it.")), STATS));
        assertThatThrownBy(() -> probe.report(libraries))
                .isInstanceOf(RuntimeUnavailableException.class)
                .hasMessage("MLX is too old. Update it.");
    }

    private MlxLibraryProbe probe(MlxReport report) {
        return new MlxLibraryProbe(context(), (input, devices) -> {
            skipped.add(Set.copyOf(input.skipped()));
            return completed(report);
        });
    }

    private MlxReport report(List<MlxDevice> devices, Map<MlxDevice, String> refused, boolean lasting) {
        return MlxReport.of("0.31.2", devices, refused, List.of(engine), lasting);
    }

    private static ChildOutcome<MlxProbeTask.Answer> completed(MlxReport report) {
        return new ChildOutcome.Completed<>(new MlxProbeTask.Answer(report, null), STATS);
    }

    private ImplementationContext context() {
        return new ImplementationContext(
                directory.resolve("native"), directory.resolve("cache"), directory.resolve("engines"), Settings.none());
    }
}
