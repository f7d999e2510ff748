package io.github.whisperspeedtest.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.benchmark.BaselineComparison;
import io.github.whisperspeedtest.benchmark.BaselineComparison.Change;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.Machine;
import io.github.whisperspeedtest.benchmark.MachineTable;
import io.github.whisperspeedtest.benchmark.Recommendation;
import io.github.whisperspeedtest.benchmark.RegressionLimits;
import io.github.whisperspeedtest.benchmark.SavedReport;
import io.github.whisperspeedtest.benchmark.Verdict;
import io.github.whisperspeedtest.benchmark.statistics.IndependentRatio;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the commands for saved results print as JSON: times in seconds, rates as fractions, {@code null} for what is unknown. */
final class ResultsJson {
    private ResultsJson() {}

    static String list(List<SavedReport> all) {
        ArrayNode root = JsonNodeFactory.instance.arrayNode();
        for (SavedReport saved : all) {
            BenchmarkReport report = saved.report();
            ObjectNode node = root.addObject()
                    .put("name", saved.name())
                    .put("file", saved.file().toString())
                    .put("problem", saved.problem());
            if (report != null) {
                Optional<Measured> best = Verdict.recommended(report);
                node.put("started_at", report.startedAt().toString())
                        .put("models", report.settings().model())
                        .put("recordings", report.settings().audios().size())
                        .put("audio_seconds", report.settings().audioDuration().toNanos() / 1e9)
                        .put("candidates", report.results().size())
                        .put(
                                "recommended",
                                best.map(result -> result.candidate().name()).orElse(null))
                        .put("speed", best.map(report::speed).orElse(null));
            }
        }
        return root.toPrettyString();
    }

    static String comparison(
            SavedReport then, SavedReport now, BaselineComparison comparison, List<RegressionLimits.Finding> findings) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("baseline", then.file().toString()).put("current", now.file().toString());
        putAll(root.putArray("notes"), comparison.notes());
        ArrayNode changes = root.putArray("candidates");
        comparison.changes().forEach(change -> putChange(changes.addObject(), change));
        ArrayNode found = root.putArray("findings");
        findings.forEach(finding -> found.addObject()
                .put("kind", finding.failure() ? "failure" : "warning")
                .put("message", finding.message()));
        root.put("passed", findings.stream().noneMatch(RegressionLimits.Finding::failure));
        return root.toPrettyString();
    }

    private static void putChange(ObjectNode node, Change change) {
        node.put("candidate", change.candidate())
                .put(
                        "baseline",
                        change.baseline() == null
                                ? "missing"
                                : change.baseline().outcome())
                .put(
                        "current",
                        change.current() == null ? "missing" : change.current().outcome());
        putAll(node.putArray("obstacles"), change.obstacles());
        putAll(node.putArray("notes"), change.notes());
        IndependentRatio time = change.time();
        if (time == null) {
            node.putNull("time_ratio");
        } else {
            node.putObject("time_ratio")
                    .put("ratio", time.ratio())
                    .put("low", time.isKnown() ? Double.valueOf(time.low()) : null)
                    .put("high", time.isKnown() ? Double.valueOf(time.high()) : null);
        }
        node.put("word_error_rate_change", change.errors());
    }

    static String machines(MachineTable table) {
        ArrayNode root = JsonNodeFactory.instance.arrayNode();
        for (MachineTable.Row row : table.rows()) {
            for (int i = 0; i < table.machines().size(); i++) {
                Machine machine = table.machines().get(i);
                for (MachineTable.Cell cell : row.cells().get(i)) {
                    root.addObject()
                            .put("candidate", row.candidate())
                            .put("chip", machine.chip())
                            .put("cores", machine.cores())
                            .put("recordings", row.recordings())
                            .put("started_at", cell.startedAt().toString())
                            .put("outcome", cell.result().outcome())
                            .put("speed", cell.speed())
                            .put("word_error_rate", cell.errorRate().orElse(null));
                }
            }
        }
        return root.toPrettyString();
    }

    /**
     * Returns a recommendation.
     *
     * @param command the command that follows it
     */
    static String recommendation(Recommendation recommendation, Machine machine, String command) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("chip", machine.chip()).put("cores", machine.cores());
        Recommendation.Choice best = recommendation.best();
        if (best == null) {
            root.putNull("recommended");
        } else {
            putChoice(root.putObject("recommended"), best);
        }
        root.put("reason", best == null ? null : recommendation.reason()).put("command", command);
        ArrayNode others = root.putArray("others");
        recommendation.others().forEach(choice -> putChoice(others.addObject(), choice));
        ArrayNode misses = root.putArray("misses");
        recommendation
                .misses()
                .forEach(miss ->
                        misses.addObject().put("candidate", miss.candidate()).put("reason", miss.reason()));
        return root.toPrettyString();
    }

    private static void putChoice(ObjectNode node, Recommendation.Choice choice) {
        @Nullable Long memory = choice.result().peakMemoryBytes();
        node.put("candidate", choice.result().candidate().name())
                .put("implementation", choice.result().implementation())
                .put("model", choice.result().candidate().model())
                .put("speed", choice.speed())
                .put("word_error_rate", choice.errorRate())
                .put("peak_memory_bytes", memory)
                .put("started_at", choice.report().startedAt().toString())
                .put("recordings", choice.report().settings().describeRecordings());
    }

    private static void putAll(ArrayNode target, Collection<String> values) {
        values.forEach(target::add);
    }
}
