package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.model.ToolHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands for saved results, on those of two real benchmarks. */
class ResultsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CANDIDATE = "faster/micro";

    @TempDir
    private static Path home;

    /** The export of the first benchmark. */
    private static Path first;

    @TempDir
    private Path directory;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @BeforeAll
    static void measureTwice() throws IOException {
        System.setProperty(
                ToolHome.HOME_PROPERTY, UnpackedLibraries.shareWith(home).toString());
        first = home.resolve("first.json");
        measure(first);
        measure(home.resolve("second.json"));
        Files.writeString(home.resolve("results").resolve("broken.json"), "{\"format_version\": 1, ");
    }

    private static void measure(Path export) {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run("benchmark", "-i", "faster", "-m", "micro", "-n", "2", "--json", export.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
    }

    @AfterAll
    static void forgetHome() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
    }

    @Test
    void listsTheNewestFirstAndWarnsOfADamagedFile() throws IOException {
        assertThat(terminal.columns(120).run("results", "list")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("Results: " + home.resolve("results"));
        assertThat(terminal.out().lines().filter(line -> line.matches("\\d .*")))
                .hasSize(2)
                .allMatch(line -> line.contains(CANDIDATE) && line.strip().endsWith("×"));
        assertThat(terminal.err().lines().filter(line -> line.startsWith("warning: ")))
                .singleElement()
                .asString()
                .contains("broken.json is not a benchmark report");

        CapturedTerminal other = new CapturedTerminal();
        assertThat(other.run("results", "list", "--json")).isEqualTo(ExitCode.OK);
        JsonNode list = JSON.readTree(other.out());
        assertThat(list).hasSize(3);
        assertThat(list.at("/0/started_at").asText())
                .isGreaterThan(list.at("/1/started_at").asText());
        assertThat(list.at("/0/recommended").asText()).isEqualTo(CANDIDATE);
        assertThat(list.at("/2/problem").asText()).contains("broken.json");
    }

    @Test
    void showsResultsByNumberNameAndFileInEveryFormat() throws IOException {
        assertThat(terminal.run("results", "show")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("Model micro", "Speed", "faster with micro at int8");

        CapturedTerminal verbose = new CapturedTerminal();
        assertThat(verbose.run("results", "show", first.toString(), "--verbose"))
                .isEqualTo(ExitCode.OK);
        assertThat(verbose.out()).contains("First run", "Peak memory");

        CapturedTerminal json = new CapturedTerminal();
        assertThat(json.run("results", "show", "2", "--json", "-")).isEqualTo(ExitCode.OK);
        assertThat(JSON.readTree(json.out())).isEqualTo(JSON.readTree(Files.readString(first)));

        Path csv = directory.resolve("out.csv");
        CapturedTerminal named = new CapturedTerminal();
        String name =
                JSON.readTree(output("results", "list", "--json")).at("/0/name").asText();
        assertThat(named.run("results", "show", name, "--csv", csv.toString())).isEqualTo(ExitCode.OK);
        assertThat(named.out()).isEmpty();
        assertThat(csv).content().startsWith("implementation,");
    }

    @Test
    void resultsAreTheSameAsThemselves() {
        assertThat(terminal.run("results", "compare", "1", "latest", "--fail-if-slower", "0%", "--fail-if-worse", "0"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains(CANDIDATE, "time ", "Within the limits.");
    }

    @Test
    void comparesTwoBenchmarks() throws IOException {
        JsonNode comparison = JSON.readTree(output("results", "compare", "2", "1", "--json"));

        assertThat(comparison.at("/candidates/0/candidate").asText()).isEqualTo(CANDIDATE);
        assertThat(comparison.at("/candidates/0/obstacles")).isEmpty();
        assertThat(comparison.at("/candidates/0/time_ratio/ratio").asDouble()).isPositive();
        assertThat(comparison.at("/notes").toString()).doesNotContain("processor");
        assertThat(comparison.at("/passed").asBoolean()).isTrue();
    }

    @Test
    void gateFailsIfResultsAreMuchSlowerOrWorse() throws IOException {
        Path fast = edited("fast", root -> setRuns(root, 1));
        Path slow = edited("slow", root -> setRuns(root, 1.2));

        assertThat(terminal.run("results", "compare", fast.toString(), slow.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("slower by 20.0 % (95 %: ");
        CapturedTerminal gate = new CapturedTerminal();
        assertThat(gate.run("results", "compare", fast.toString(), slow.toString(), "--fail-if-slower=5%"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(gate.out()).contains("FAILED: " + CANDIDATE + " is slower by 20.0 %");
        assertThat(new CapturedTerminal()
                        .run("results", "compare", fast.toString(), slow.toString(), "--fail-if-slower", "25"))
                .isEqualTo(ExitCode.OK);
        assertThat(new CapturedTerminal()
                        .run("results", "compare", slow.toString(), fast.toString(), "--fail-if-slower", "5"))
                .as("faster")
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void writesPages() throws IOException {
        Path page = directory.resolve("page.html");
        Path machines = directory.resolve("machines.html");
        Path other = edited(
                "elsewhere", root -> ((ObjectNode) root.get("environment")).put("chip", "Chip <b>elsewhere</b>"));

        assertThat(terminal.run("results", "show", other.toString(), "--html", page.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(new CapturedTerminal()
                        .run("results", "merge", other.toString(), "1", "--html", "-o", machines.toString()))
                .isEqualTo(ExitCode.OK);

        assertThat(page)
                .content()
                .startsWith("<!DOCTYPE html>")
                .contains("report-1")
                .doesNotContain("<b>elsewhere");
        assertThat(machines).content().contains("report-2");
        assertThat(new CapturedTerminal().run("results", "merge", "1", "--html", "--json"))
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void mergesMachines() throws IOException {
        Path other = edited(
                "other",
                root -> ((ObjectNode) root.get("environment"))
                        .put("chip", "Other Chip")
                        .put("cores", 64));
        Path merged = directory.resolve("merged.txt");

        assertThat(terminal.run("results", "merge", first.toString(), other.toString(), "1", "-o", merged.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(merged).content().contains("Other Chip, 64 cores").containsPattern(CANDIDATE + " .*×");

        JsonNode list = JSON.readTree(output("results", "merge", first.toString(), other.toString(), "1", "--json"));
        assertThat(list).hasSize(3);
        assertThat(list.findValuesAsText("candidate")).containsOnly(CANDIDATE);
        assertThat(list.findValuesAsText("chip")).contains("Other Chip");
    }

    @Test
    void demoModelIsNotRecommendedButAPublishedOneIs() throws IOException {
        assertThat(terminal.run("recommend", "--max-wer", "10")).isEqualTo(ExitCode.FAILED);
        assertThat(terminal.out())
                .contains(
                        "No saved result of this machine", "whisper-speedtest benchmark -m tiny,base,small --download");

        Path published = home.resolve("results").resolve("published.json");
        try {
            Files.move(
                    edited("published", root -> {
                        rename((ObjectNode) root.at("/settings/candidates/0"), "name");
                        rename((ObjectNode) root.at("/results/0"), "candidate");
                    }),
                    published);
            CapturedTerminal found = new CapturedTerminal();
            assertThat(found.run("recommend", "--max-wer", "10%", "--max-memory", "100G"))
                    .as(found.out())
                    .isEqualTo(ExitCode.OK);
            assertThat(found.out()).contains("whisper-speedtest transcribe FILE -i faster -m base");
            CapturedTerminal small = new CapturedTerminal();
            assertThat(small.run("recommend", "--max-memory", "1M", "--json")).isEqualTo(ExitCode.FAILED);
            JsonNode json = JSON.readTree(small.out());
            assertThat(json.get("recommended").isNull()).isTrue();
            assertThat(json.at("/misses/0/reason").asText()).contains("of memory, the limit is 1.00 MiB");
        } finally {
            Files.deleteIfExists(published);
        }
    }

    @Test
    void measuresBeforeItRecommends() throws IOException {
        Path model = directory.resolve("my-model");
        copy(embeddedModel(), model);
        List<Path> before = results();
        try {
            assertThat(terminal.run("recommend", "--measure", "1s", "-m", model.toString(), "--json"))
                    .as(terminal.err())
                    .isEqualTo(ExitCode.OK);
            JsonNode json = JSON.readTree(terminal.out());
            assertThat(json.get("command").asText())
                    .isEqualTo("whisper-speedtest transcribe FILE -i faster -m " + model);
            assertThat(json.at("/recommended/candidate").asText()).isEqualTo("faster/" + model);
            assertThat(terminal.err()).contains("Results saved to ");
        } finally {
            for (Path file : results()) {
                if (!before.contains(file)) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void withoutAPublishedModelThereIsNothingToMeasure() {
        assertThat(terminal.run("recommend", "--measure", "1s")).isEqualTo(ExitCode.FAILED);
        assertThat(terminal.out()).contains("No saved result of this machine", "--download");
        assertThat(terminal.err()).doesNotContain("Results saved to ");
    }

    private static Path embeddedModel() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("models"))) {
            return files.filter(file -> file.endsWith("model.bin"))
                    .findFirst()
                    .orElseThrow()
                    .getParent();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static List<Path> results() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("results"))) {
            return files.toList();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "results show 99                            | There are no results number 99",
                "results show no-such                       | There is no file no-such",
                "results show broken                        | is not a benchmark report",
                "results compare 1                          | missing argument RESULTS",
                "results compare 1 broken                   | is not a benchmark report",
                "results compare 1 2 --fail-if-slower x     | --fail-if-slower: 'x' is not a percentage such as 5%, 5 or 0.5",
                "results compare 1 2 --fail-if-worse=-1     | --fail-if-worse: '-1' is not a percentage",
                "results merge                              | missing argument RESULTS",
                "results merge 1 no-such                    | There is no file no-such",
                "results                                    | missing command: list, show, open, compare or merge",
                "recommend --max-memory much                | --max-memory: 'much' is not a size such as 500M or 1G",
                "recommend -a talk.mp3                      | --audio and --dataset need --measure TIME",
                "recommend --measure soon                   | --measure: 'soon' is not a time such as 90s",
                "recommend -l klingon                       | Unknown language 'klingon'",
            })
    void explainsUsageErrors(String line, String message) {
        assertThat(terminal.run(line.split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err()).startsWith("error: ").contains(message);
    }

    private static String output(String... line) {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run(line)).as(terminal.err()).isEqualTo(ExitCode.OK);
        return terminal.out();
    }

    private Path edited(String name, Consumer<ObjectNode> change) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(Files.readString(first));
        change.accept(root);
        return Files.writeString(directory.resolve(name + ".json"), root.toPrettyString());
    }

    /** Sets ten runs with a little noise. */
    private static void setRuns(ObjectNode root, double seconds) {
        ObjectNode result = (ObjectNode) root.at("/results/0");
        ArrayNode runs = result.putArray("run_seconds");
        for (int i = 0; i < 10; i++) {
            runs.add(seconds * (1 + (i % 3 - 1) * 0.002));
        }
        result.put("steady_from", 0);
        result.putArray("run_started_seconds");
        result.putArray("run_cpu");
    }

    private static void rename(ObjectNode node, String field) {
        node.put(field, "faster/base");
        if (node.has("model") && node.get("model").isTextual()) {
            node.put("model", "base");
        }
    }
}
