package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.dataset.DatasetLayout;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reports about many recordings. */
class DatasetReportTest {
    private static final DatasetSettings DATASET =
            new DatasetSettings("/sets/de|en", DatasetLayout.JSONL, 5000, 1000, 7L);

    private static final String TEXT = "Alpha bravo charlie delta.";

    /** Recordings of 9 s each, every fourth German, every tenth without a text; the last word of German texts is wrong. */
    private static BenchmarkReport report(int count, DatasetSettings dataset) {
        List<BenchmarkAudio> audios = new ArrayList<>();
        List<AudioResult> heard = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "clips/" + i + ".flac";
            boolean german = i % 4 == 0;
            String reference = i % 10 == 9 ? null : TEXT;
            audios.add(new BenchmarkAudio(
                    name, Duration.ofSeconds(9), reference, List.of("It is cut off."), null, german ? "de" : null));
            String text = german ? "Alpha bravo charlie." : TEXT;
            heard.add(new AudioResult(
                    name, text, "en", null, reference == null ? null : ErrorRate.of(reference, text, "en"), null));
        }
        BenchmarkSettings settings = BenchmarkSettings.of(
                List.of(Reports.candidate("a"), Reports.candidate("b")),
                audios,
                Rounds.of(3, 0),
                TranscribeOptions.defaults(),
                new LoadOptions("auto", "auto", 2),
                dataset,
                false);
        return new BenchmarkReport(
                        Reports.ENVIRONMENT, settings, Reports.empty().startedAt(), List.of())
                .with(result("a", heard))
                .with(result(
                        "b",
                        heard.stream()
                                .map(audio -> new AudioResult(
                                        audio.audio(),
                                        "Echo.",
                                        "en",
                                        null,
                                        audio.errorRate() == null ? null : ErrorRate.of(TEXT, "Echo.", "en"),
                                        null))
                                .toList()));
    }

    private static Measured result(String id, List<AudioResult> audios) {
        return Reports.measuredOf(
                Reports.candidate(id),
                "0.1.0",
                Reports.CPU,
                Duration.ofMillis(10),
                Duration.ofSeconds(90),
                Reports.millis(89_000, 90_000, 91_000),
                List.of(),
                audios,
                null,
                null);
    }

    @Test
    void terminalStaysShort() {
        BenchmarkReport report = report(1000, DATASET);
        HumanReport human = new HumanReport(true, false);

        assertThat(human.header(report))
                .contains("  Data set     /sets/de|en (jsonl, a sample of 1000 of 5000 recordings, seed 7)\n")
                .contains("  Audio        1000 recordings (2 h 30 min), language de\n")
                .contains("  Warning      clips/4.flac: It is cut off.\n")
                .contains("  Warning      ... and 995 more warnings; the JSON report has all\n")
                .doesNotContain("clips/5.flac");
        assertThat(human.header(report).lines()).hasSizeLessThan(20);
        assertThat(human.result(report, report.results().get(0)))
                .contains("  WER          6.9 % (250 errors in 3600 words)\n")
                .contains("               de 25.0 % (250 errors in 1000 words)\n")
                .contains("               en 0.0 % (0 errors in 2600 words)\n")
                .contains("clips/4.flac: \"Alpha bravo charlie.\"\n")
                .contains("... and 995 more texts; the JSON report has all\n")
                .doesNotContain("clips/5.flac");
        assertThat(human.conclusion(report).lines()).hasSizeLessThan(30);
        assertThat(human.conclusion(report)).contains("The JSON report has 995 more warnings of this kind.");

        HumanReport verbose = new HumanReport(true, false, 80, Integer.MAX_VALUE, true);
        assertThat(verbose.header(report)).contains("1000 recordings (2 h 30 min)", "clips/999.flac (9.00 s)");
        assertThat(verbose.result(report, report.results().get(0))).contains("clips/999.flac: \"Alpha");
    }

    @Test
    void fiveRecordingsAreListed() {
        BenchmarkReport report = report(5, null);
        assertThat(new HumanReport(true, false).render(report))
                .contains("  Audio        clips/0.flac (9.00 s)\n", "clips/4.flac: \"Alpha bravo charlie.\"")
                .doesNotContain("Data set", " more ");
    }

    @Test
    void jsonHasEveryError() throws IOException {
        BenchmarkReport report = report(1000, DATASET);
        String json = JsonReport.render(report);
        JsonNode root = new ObjectMapper().readTree(json);

        assertThat(root.at("/settings/dataset").toString())
                .isEqualTo(
                        "{\"path\":\"/sets/de|en\",\"layout\":\"jsonl\",\"entries\":5000,\"limit\":1000,\"seed\":7}");
        assertThat(root.at("/settings/audios/4/language").textValue()).isEqualTo("de");
        JsonNode result = root.at("/results/0");
        assertThat(result.at("/word_errors/deletions").intValue()).isEqualTo(250);
        assertThat(result.at("/word_errors/reference_words").intValue()).isEqualTo(3600);
        assertThat(result.at("/languages")).hasSize(2);
        assertThat(result.at("/languages/0/language").textValue()).isEqualTo("de");
        assertThat(result.at("/languages/0/recordings").intValue()).isEqualTo(250);
        assertThat(result.at("/languages/0/word_errors/deletions").intValue()).isEqualTo(250);
        assertThat(result.at("/audios")).hasSize(1000);
        assertThat(result.at("/audios/4/word_errors/deletions").intValue()).isEqualTo(1);
        assertThat(root.at("/warnings")).hasSizeGreaterThanOrEqualTo(2000);
        assertThat(JsonReport.parse(json, "r.json")).isEqualTo(report);
        assertThatThrownBy(() -> JsonReport.parse(json.replace("\"jsonl\"", "\"tape\""), "r.json"))
                .hasMessageContaining("it has a data set with the unknown layout 'tape'");
        assertThatThrownBy(() ->
                        JsonReport.parse(json.replace("\"language\" : \"de\"", "\"language\" : \"xx\""), "r.json"))
                .hasMessageContaining("it has a recording with the unknown language 'xx'");
        assertThatThrownBy(() -> JsonReport.parse(json.replace("\"seed\" : 7", "\"seed\" : null"), "r.json"))
                .hasMessageContaining("limit and seed belong together, but were 1000 and null");
    }

    @Test
    void markdownAndCsvHaveTheSums() {
        BenchmarkReport report = report(1000, DATASET);
        String markdown = MarkdownReport.render(report);

        assertThat(markdown)
                .contains("- Data set: /sets/de\\|en (jsonl, a sample of 1000 of 5000 recordings, seed 7)\n")
                .contains("- Audio: 1000 recordings (2 h 30 min), language de\n")
                .contains("| a | all | 900 | 6.9 % | 0 | 250 | 0 | 3600 |\n")
                .contains("| a | de | 250 | 25.0 % | 0 | 250 | 0 | 1000 |\n")
                .contains("| a | en | 650 | 0.0 % | 0 | 0 | 0 | 2600 |\n")
                .contains("- a, ... and 995 more texts; the JSON report has all\n");
        assertThat(markdown.lines()).hasSizeLessThan(70);
        String csv = CsvReport.render(report);
        assertThat(csv.lines()).hasSize(3);
        assertThat(csv).contains(",/sets/de|en,jsonl,5000,1000,7,1000,0,250,0,3600,a/micro,,,\r\n");
    }

    /** As in the Open ASR Leaderboard: not the mean of the speeds of single recordings. */
    @Test
    void speedIsAllAudioInTheTimeOfARun() {
        BenchmarkReport report = report(1000, DATASET);
        assertThat(report.speed((Measured) report.results().get(0))).isCloseTo(9000 / 90.0, within(1e-9));
    }
}
