package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Benchmarks of data sets with the embedded model. */
class DatasetIT {
    /** Recordings that the model transcribes without an error. */
    private static final List<String> NAMES = List.of("de_single_03.flac", "en_single_04.flac", "en_multi_01.flac");

    @TempDir
    private static Path home;

    @TempDir
    private Path directory;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @BeforeAll
    static void useAHomeOfItsOwn() throws IOException {
        System.setProperty(
                ToolHome.HOME_PROPERTY, UnpackedLibraries.shareWith(home).toString());
    }

    @AfterAll
    static void forgetIt() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
    }

    @Test
    void measuresAFolder() throws IOException {
        for (String name : NAMES) {
            write(name);
            Files.writeString(
                    directory.resolve(name.replace(".flac", ".txt")),
                    MicroSamples.named(name).reference());
        }
        Files.delete(directory.resolve("en_single_04.txt"));
        Files.writeString(directory.resolve("README.txt"), "About these recordings.");

        JsonNode report = run("--dataset", directory.toString());

        assertThat(terminal.err())
                .contains(
                        "Without a text, and so without a word error rate: 1 of 3 recordings (en_single_04.flac)",
                        "Texts without a recording: 1 (README.txt)");
        assertThat(report.at("/settings/dataset/layout").textValue()).isEqualTo("folder");
        assertThat(report.at("/settings/dataset/entries").intValue()).isEqualTo(3);
        assertThat(report.at("/settings/dataset/limit").isNull()).isTrue();
        JsonNode result = report.at("/results/0");
        assertThat(result.at("/word_errors/rate").doubleValue()).isZero();
        assertThat(result.at("/audios").findValues("word_errors"))
                .extracting(JsonNode::isNull)
                .containsExactly(false, false, true);
    }

    @Test
    void measuresAManifestInTwoLanguagesAndRepeatsItsSample() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String name : NAMES) {
            write(name);
            SpeechSample sample = MicroSamples.named(name);
            lines.add(new ObjectMapper()
                    .createObjectNode()
                    .put("audio_filepath", name)
                    .put("text", sample.reference() + (name.startsWith("de") ? " Falsch." : ""))
                    .put("language", name.startsWith("de") ? "de-DE" : "english")
                    .toString());
        }
        Path manifest = Files.write(directory.resolve("set.jsonl"), lines);

        JsonNode report = run("--dataset", manifest.toString(), "--limit", "3", "--seed", "4");

        assertThat(report.at("/settings/dataset").toString())
                .isEqualTo("{\"path\":\"" + manifest + "\",\"layout\":\"jsonl\",\"entries\":3,\"limit\":3,\"seed\":4}");
        assertThat(report.at("/results/0/languages").findValuesAsText("language"))
                .containsExactly("de", "en");
        assertThat(report.at("/results/0/languages").findValues("deletions"))
                .extracting(JsonNode::intValue)
                .containsExactly(1, 0);

        Path saved = Files.writeString(directory.resolve("report"), report.toString());
        CapturedTerminal second = new CapturedTerminal();
        assertThat(second.run("benchmark", "--repeat", saved.toString(), "--json", "-"))
                .as(second.err())
                .isEqualTo(ExitCode.OK);
        JsonNode repeated = new ObjectMapper().readTree(second.out());
        assertThat(repeated.at("/settings/dataset")).isEqualTo(report.at("/settings/dataset"));
        assertThat(repeated.at("/settings/audios")).isEqualTo(report.at("/settings/audios"));
        assertThat(second.err()).contains("No differences");
    }

    private JsonNode run(String... options) throws IOException {
        List<String> line = new ArrayList<>(
                List.of("benchmark", "-i", "faster", "-m", "micro", "-n", "1", "--warmup", "0", "--json", "-"));
        line.addAll(List.of(options));
        assertThat(terminal.run(line.toArray(String[]::new))).as(terminal.err()).isEqualTo(ExitCode.OK);
        return new ObjectMapper().readTree(terminal.out());
    }

    private void write(String name) throws IOException {
        try (InputStream in = MicroSamples.named(name).open()) {
            Files.copy(in, directory.resolve(name));
        }
    }
}
