package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SummaryReportTest {
    private static final LoadOptions LOAD = new LoadOptions("auto", "auto", LoadOptions.defaultThreads());

    /** Ten rounds around the given time, the same machine noise for all candidates. */
    private static Measured result(String id, String model, String type, int millis, int errors) {
        List<Duration> runs = Arrays.stream(new int[] {0, 3, -2, 1, 0, 2, -1, 0, 1, -3})
                .mapToObj(noise -> Duration.ofMillis(millis * (100L + noise) / 10))
                .toList();
        return new Measured(
                Candidate.of(id, model, LOAD.withComputeType(type), TranscribeOptions.defaults()),
                "1",
                Reports.CPU,
                new RunTimes(Duration.ofMillis(100), Duration.ofMillis(10L * millis), runs, List.of()),
                List.of(new AudioResult(
                        "a.wav", "text", "en", null, new ErrorRate(ErrorRate.Unit.WORD, errors, 0, 0, 100), null)),
                null,
                100L << 20,
                null,
                Map.of());
    }

    private static BenchmarkReport report(Measured... results) {
        return new BenchmarkReport(
                Reports.ENVIRONMENT,
                BenchmarkSettings.of(
                        Arrays.stream(results).map(Measured::candidate).toList(),
                        List.of(new BenchmarkAudio("a.wav", Duration.ofSeconds(20), "text")),
                        Rounds.of(10, 1),
                        TranscribeOptions.defaults(),
                        LOAD),
                Reports.empty().startedAt(),
                List.of(results));
    }

    @Test
    void tableHasOneLineForEachCandidateAndAVerdict() {
        String text = new SummaryReport(false, false, 80, 80)
                .conclusion(report(
                        result("slow", "base", "auto", 200, 10),
                        result("fast", "base", "auto", 100, 11),
                        result("twin", "base", "auto", 100, 11)));

        assertThat(text)
                .startsWith(" ".repeat(25) + "Speed  Errors   Memory    Load  Type  Device\n"
                        + "1–2  fast  ████████████  20.0×  11.0 %  100 MiB  100 ms  f16   CPU\n")
                .contains("1–2  twin", "3    slow  ██████      ")
                .contains("Use fast with base at f16: 11.0 % word error rate, 20.0× real time, 100 MiB.")
                .containsPattern("cannot\\s+tell\\s+it\\s+apart\\s+from\\s+twin\\.");
    }

    @Test
    void rowsOfOtherModelsAreNotRankedAgainstEachOther() {
        BenchmarkReport report = report(
                result("a", "tiny", "auto", 100, 30),
                result("b", "tiny", "auto", 150, 30),
                result("a", "base", "auto", 200, 10),
                result("b", "base", "auto", 300, 10));

        assertThat(Standings.of(report).sets()).hasSize(2);
        assertThat(Standings.of(report).all())
                .extracting(standing -> standing.result().candidate().name() + " "
                        + standing.rank().describe())
                .containsExactly("a/tiny 1", "b/tiny 2", "a/base 1", "b/base 2");
        assertThat(Verdict.of(report).front()).containsExactly("a/tiny", "a/base");
        assertThat(Verdict.of(report).best()).as("far fewer errors").isEqualTo("a/base");
    }

    @Test
    void rowWithManyErrorsNeverWins() {
        BenchmarkReport report =
                report(result("broken", "base", "auto", 10, 60), result("good", "base", "auto", 100, 5));

        assertThat(Verdict.of(report).best()).isEqualTo("good/base");
        assertThat(new SummaryReport(false, true, 80, 80).conclusion(report))
                .contains("broken is not ranked: its error rate of 60.0 % is out of line with 5.0 %.")
                .contains("\n-  broken");
    }

    @Test
    void textThatIsAllWrongNeverWinsEvenAlone() {
        BenchmarkReport report = report(result("broken", "base", "auto", 10, 100));

        assertThat(Verdict.of(report).best()).isNull();
        assertThat(new SummaryReport(false, false, 200, 200).conclusion(report))
                .contains("broken is not ranked: its text has as many errors")
                .doesNotContain("Use broken");
    }

    @Test
    void candidatesOfAPrecisionSweepAreRankedTogether() {
        BenchmarkReport report = report(result("a", "base", "int8", 100, 10), result("a", "base", "float32", 200, 10));

        assertThat(new SummaryReport(true, false, 100, 100).conclusion(report))
                .contains("1  a/base/int8     ############")
                .contains("2  a/base/float32  ######");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60, 80, 120})
    void fitsTheTerminal(int columns) {
        assertThat(new SummaryReport(false, false, columns, columns)
                        .conclusion(Reports.full())
                        .lines()
                        .toList())
                .allSatisfy(line -> assertThat(TerminalText.columns(line)).isLessThanOrEqualTo(columns));
    }

    @Test
    void headerNamesAllNumbersOfThreads() {
        Measured one = result("a", "base", "auto", 100, 0);
        Measured two = new Measured(
                Candidate.of("a", "base", LOAD.withThreads(LOAD.threads() + 1), TranscribeOptions.defaults()),
                "1",
                Reports.CPU,
                one.times(),
                one.audios(),
                null,
                null,
                null,
                Map.of());

        assertThat(new SummaryReport(false, false, 80, 80).header(report(one, two)))
                .endsWith("; " + LOAD.threads() + ", " + (LOAD.threads() + 1) + " threads\n");
    }

    @Test
    void saysThatTheDemoModelIsADemo() {
        assertThat(new SummaryReport(false, false, 80, 80).conclusion(Reports.full()))
                .contains("micro is a demo that knows 65 words", "benchmark -m base --download")
                .containsOnlyOnce("The requested device was not used: faster, mlx.");
    }
}
