package io.github.whisperspeedtest.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** JSON reports that the tests of the HTML report show. */
final class HtmlReports {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> IMPLEMENTATIONS =
            List.of("faster", "whispercpp", "mlx", "coreml", "insanely", "mps");

    private HtmlReports() {}

    /** A file beside the tests, such as a report of an earlier version. */
    static String resource(String name) {
        try (InputStream file = HtmlReports.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A report of a sweep: the given number of measured candidates, each a little slower than the one before, and one that failed. */
    static String sweep(String chip, int candidates) {
        try {
            ObjectNode report = (ObjectNode) JSON.readTree(resource("report-version-1.json"));
            ((ObjectNode) report.get("environment")).put("chip", chip);
            ObjectNode measured = (ObjectNode) report.at("/results/1");
            ObjectNode failed = (ObjectNode) report.at("/results/2");
            ArrayNode results = report.putArray("results");
            ArrayNode settings = ((ObjectNode) report.get("settings")).putArray("candidates");
            ArrayNode comparisons = report.putArray("comparisons");
            for (int i = 0; i < candidates; i++) {
                ObjectNode result = candidate(measured.deepCopy(), i);
                results.add(result);
                addCandidate(settings, result);
                comparisons
                        .addObject()
                        .put("candidate", results.get(0).get("candidate").asText())
                        .put("other", result.get("candidate").asText())
                        .put("ratio", 1 + i * 0.25)
                        .put("low", 0.95 + i * 0.25)
                        .put("high", 1.05 + i * 0.25);
            }
            results.add(failed.put("candidate", "coreml/base"));
            addCandidate(settings, failed);
            report.put("verdict", "faster/base t1 is the fastest.")
                    .putArray("pareto")
                    .add("faster/base t1");
            ObjectNode machine = report.putObject("machine");
            machine.putObject("before").put("processors", 2).put("load_average", 0.5);
            machine.putObject("after").put("processors", 2).put("load_average", 2.5);
            machine.putArray("warnings").add("The processor was throttled.");
            report.withArray("/warnings").addObject().put("message", "The processor was throttled.");
            return report.toPrettyString();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addCandidate(ArrayNode candidates, ObjectNode result) {
        ObjectNode candidate = candidates
                .addObject()
                .put("name", result.get("candidate").asText())
                .put("implementation", result.get("implementation").asText())
                .put("model", "base");
        candidate
                .putObject("load")
                .put("device", "auto")
                .put("compute_type", "auto")
                .put("threads", 2);
    }

    private static ObjectNode candidate(ObjectNode result, int number) {
        String implementation = IMPLEMENTATIONS.get(number % IMPLEMENTATIONS.size());
        double median = milliseconds(0.4 + number * 0.1);
        result.put("candidate", implementation + "/base t" + (number + 1))
                .put("implementation", implementation)
                .put("speed", 21 / median)
                .put("word_error_rate", 0.01 * (number % 7))
                .put("cold_start_seconds", 0.9)
                .put("steady_from", 1)
                .put("group", 0)
                .putNull("unranked_reason")
                .putArray("run_cpu");
        result.putArray("run_seconds")
                .add(milliseconds(median * 1.2))
                .add(median)
                .add(milliseconds(median * 1.05))
                .add(milliseconds(median * 1.5));
        result.putArray("run_started_seconds").add(1).add(2).add(3).add(4);
        result.putArray("outliers").add(3);
        result.putObject("median_interval")
                .put("low_seconds", milliseconds(median * 0.95))
                .put("high_seconds", milliseconds(median * 1.05))
                .put("level", 0.95);
        result.putObject("rank").put("best", number + 1).put("worst", number + 2);
        ((ObjectNode) result.get("statistics")).put("median_seconds", median);
        result.get("audios").forEach(audio -> ((ObjectNode) audio).put("median_seconds", milliseconds(median / 2)));
        return result;
    }

    /** A report has no times that are more precise than nanoseconds. */
    private static double milliseconds(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }
}
