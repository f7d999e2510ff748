package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class HumanReportTest {
    private final HumanReport unicode = new HumanReport(false, false, 120, Integer.MAX_VALUE);
    private final HumanReport ascii = new HumanReport(true, false, 120, Integer.MAX_VALUE);

    @Test
    void showsEverything() {
        assertThat(unicode.render(Reports.full())).isEqualTo("""
                        Whisper Speedtest 1.2.3 (commit 0123456789ab), 2026-11-22T10:15:30Z
                          JVM          OpenJDK 17.0.15
                          OS           Linux 6.1.0 (amd64)
                          Machine      Example Chip 9000, 2 cores, 8.00 GiB memory
                          Model        micro
                          Audio        count.wav (8.25 s)
                                       grüße|2.wav (12.8 s)
                          Options      language auto, task transcribe, beam size 1, best of 5, temperatures 0.0 0.2 0.4 0.6 0.8 1.0, condition on previous text auto, timestamps segment, vad auto
                          Load         device gpu, compute type auto, 2 threads
                          Runs         3 timed after 1 warm-up run

                        faster 0.1.0
                          Median       800 ms
                          Mean ± σ     800 ± 60 ms (3 runs)
                          Min … max    740 ms … 860 ms
                          Speed        26.3× real time (real-time factor 0.0381)
                          Stages       encode 500 ms, decode 250 ms
                          Load         80.0 ms
                          First run    1.00 s
                          Peak memory  n/a
                          WER          25.0 % (1 error in 4 words)
                          Parameters   micro, onnxruntime 1.29.0, int8, 2 threads, CPU (not gpu)
                          Weights      Systran/faster-whisper-tiny@0123456789ab model.bin, sha256 89abcdef89ab
                          Note         VAD off: its model is not on this machine
                          Note         Two | notes
                          Text         count.wav: "Alpha, bravo, delta!"
                                       grüße|2.wav: "=Viele "Grüße", sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr..."

                        whispercpp 0.1.0
                          Median       400 ms
                          Mean ± σ     402 ± 7.2 ms (3 runs)
                          Min … max    396 ms … 410 ms
                          Speed        52.5× real time (real-time factor 0.0190)
                          Stages       mel 10.0 ms, encode 250 ms, decode 120 ms
                          CPU          1.7 cores used, 0.0 by other programs, 0.0 by other virtual machines
                          Load         123 ms
                          First run    998 ms
                          Peak memory  312 MiB
                          WER          0.0 % (0 errors in 4 words)
                          Parameters   micro, whisper.cpp 1.7.1, f16, 2 threads, Metal
                          Text         count.wav: "Alpha, bravo, charlie, delta."
                                       grüße|2.wav: "Viele Grüße"

                        coreml 0.1.0
                          Status       failed: crashed
                          Reason       the process ended with code 134: libexample | abort()

                        mlx 0.1.0
                          Median       2.40 s
                          Mean ± σ     2.40 ± 0 s (3 runs)
                          Min … max    2.40 s … 2.40 s
                          Speed        8.75× real time (real-time factor 0.114)
                          Load         1.50 s
                          First run    2.60 s
                          Peak memory  1.40 GiB
                          WER          100.0 % (4 errors in 4 words)
                          Parameters   micro, onnxruntime 1.29.0, q4, 2 threads, CPU (AVX2, AVX-512, FMA, F16C) (not gpu)
                          Text         count.wav: (no transcription)
                                       grüße|2.wav: (no transcription)

                        insanely 0.1.0
                          Status       failed: timed out
                          Reason       no answer for 60 s
                          Remedy       Ask for fewer runs.

                        mps 0.1.0
                          Status       unavailable
                          Reason       there is no PyTorch for this platform
                          Remedy       Use a machine with Linux or macOS.

                        Implementation  Median      Mean ± σ  Speed     RTF     Load  First run    Memory      WER  Type  Device
                        whispercpp      400 ms  402 ± 7.2 ms  52.5×  0.0190   123 ms     998 ms   312 MiB    0.0 %   f16  Metal
                        faster          800 ms   800 ± 60 ms  26.3×  0.0381  80.0 ms     1.00 s       n/a   25.0 %  int8  CPU (not gpu)
                        mlx             2.40 s    2.40 ± 0 s  8.75×   0.114   1.50 s     2.60 s  1.40 GiB  100.0 %    q4  CPU (not gpu)
                        coreml          failed: crashed - the process ended with code 134: libexample | abort()
                        insanely        failed: timed out - no answer for 60 s
                        mps             unavailable - there is no PyTorch for this platform

                        mlx is not ranked: it wrote no text

                        Warning: The first run of whispercpp took 998 ms; the median is 400 ms. Expect this time from a program that transcribes one file and exits.
                        Warning: faster ran on CPU, not on the requested gpu. Compare it only with results from the same device.
                        Warning: The runs of faster vary from 740 ms to 860 ms; the standard deviation is 7.5 % of the mean. Close other programs, keep the machine cool, or use more runs.
                        Warning: mlx ran on CPU (AVX2, AVX-512, FMA, F16C), not on the requested gpu. Compare it only with results from the same device.
                        Warning: The transcripts of count.wav differ: whispercpp; faster; mlx. Weigh speed against the transcripts and, where known, the word error rate.
                        Warning: The transcripts of grüße|2.wav differ: whispercpp; faster; mlx. Weigh speed against the transcripts and, where known, the word error rate.
                        """);
    }

    @Test
    void tableAndComparisonCanBeAscii() {
        assertThat(ascii.conclusion(Reports.full())).startsWith("""
                        Implementation  Median     Mean +- sd  Speed     RTF     Load  First run    Memory      WER  Type  Device
                        whispercpp      400 ms  402 +- 7.2 ms  52.5x  0.0190   123 ms     998 ms   312 MiB    0.0 %   f16  Metal
                        faster          800 ms   800 +- 60 ms  26.3x  0.0381  80.0 ms     1.00 s       n/a   25.0 %  int8  CPU (not gpu)
                        mlx             2.40 s    2.40 +- 0 s  8.75x   0.114   1.50 s     2.60 s  1.40 GiB  100.0 %    q4  CPU (not gpu)
                        coreml          failed: crashed - the process ended with code 134: libexample | abort()
                        insanely        failed: timed out - no answer for 60 s
                        mps             unavailable - there is no PyTorch for this platform

                        mlx is not ranked: it wrote no text
                        """);
    }

    @Test
    void narrowTableOmitsDetails() {
        assertThat(new HumanReport(false, false).conclusion(Reports.full())).startsWith("""
                        Implementation  Median  Speed     Load    Memory      WER  Type  Device
                        whispercpp      400 ms  52.5×   123 ms   312 MiB    0.0 %   f16  Metal
                        faster          800 ms  26.3×  80.0 ms       n/a   25.0 %  int8  CPU (not gpu)
                        mlx             2.40 s  8.75×   1.50 s  1.40 GiB  100.0 %    q4  CPU (not gpu)
                        coreml          failed: crashed - the process ended with code 134: libexample |…
                        insanely        failed: timed out - no answer for 60 s
                        mps             unavailable - there is no PyTorch for this platform
                        """);
    }

    @Test
    void narrowTableNamesFallbackEngine() {
        EngineParameters fallback =
                new EngineParameters("micro", "ONNX Runtime 1.28.0", "auto", "CPU (ONNX Runtime)", "4-bit", 2);
        EngineParameters details =
                new EngineParameters("micro", "whisper.cpp 1.7.1", "auto", "CPU (AVX AVX2 FMA F16C SSE3)", "f16", 2);
        BenchmarkReport report = Reports.plain(
                1,
                Reports.measured("mlx", fallback, "x", 500, 100),
                Reports.measured("whispercpp", details, "x", 500, 200));

        assertThat(new HumanReport(false, false).conclusion(report).lines().limit(3))
                .allMatch(line -> TerminalText.columns(line) <= 80)
                .anyMatch(line -> line.startsWith("mlx ") && line.endsWith("  CPU (ONNX Runtime)"))
                .anyMatch(line -> line.startsWith("whispercpp ") && line.endsWith("  CPU"));
    }

    @Test
    void linesWrapAtTheWidthOfTheTerminal() {
        BenchmarkReport report = Reports.full();
        String wrapped = new HumanReport(false, false, 80, 80).render(report);

        assertThat(wrapped.lines()).allMatch(line -> TerminalText.columns(line) <= 80);
        assertThat(wrapped).contains("""
                          Options      language auto, task transcribe, beam size 1, best of 5,
                                       temperatures 0.0 0.2 0.4 0.6 0.8 1.0, condition on previous text
                                       auto, timestamps segment, vad auto
                        """);
        String whole = new HumanReport(false, false, 80, Integer.MAX_VALUE).render(report);
        assertThat(wrapped.replaceAll("\\s+", " ")).isEqualTo(whole.replaceAll("\\s+", " "));
        assertThat(new HumanReport(false, true, 80, 80).render(report).replaceAll("\u001B\\[\\d+m", ""))
                .isEqualTo(wrapped);
    }

    @Test
    void wholeReportCanBeAscii() {
        BenchmarkReport report = Reports.plain(
                3,
                Reports.measured("a", Reports.CPU, "x", 900, 100, 110, 170),
                Reports.measured("b".repeat(40), Reports.CPU, "y ".repeat(200), 300, 200, 200, 200));

        assertThat(ascii.render(report)).matches("\\A\\p{ASCII}+\\z");
    }

    @Test
    void colorsDoNotChangeText() {
        String colored = new HumanReport(false, true, 120, Integer.MAX_VALUE).render(Reports.full());

        assertThat(colored)
                .contains("\u001B[1mwhispercpp\u001B[0m 0.1.0\n")
                .contains("\u001B[31mcoreml\u001B[0m 0.1.0\n")
                .contains("\u001B[33mWarning:\u001B[0m ");
        assertThat(colored.lines().filter(line -> line.startsWith("\u001B[32m")))
                .singleElement()
                .asString()
                .startsWith("\u001B[32mwhispercpp ");
        assertThat(colored.replaceAll("\u001B\\[\\d+m", "")).isEqualTo(unicode.render(Reports.full()));
    }

    @Test
    void reportWithoutResultsHasHeaderOnly() {
        assertThat(unicode.conclusion(Reports.empty())).isEmpty();
        assertThat(unicode.render(Reports.empty())).isEqualTo(unicode.header(Reports.empty()));
    }

    @Test
    void singleRunHasNoDeviationOrComparison() {
        BenchmarkReport report = Reports.plain(1, Reports.measured("a", Reports.CPU, "Hello.", 100, 100));

        assertThat(unicode.result(report, report.results().get(0))).isEqualTo("""
                        a 0.1.0
                          Median       100 ms
                          Mean ± σ     100 ms (1 run)
                          Min … max    100 ms … 100 ms
                          Speed        200× real time (real-time factor 0.00500)
                          Load         100 ms
                          First run    100 ms
                          Peak memory  n/a
                          WER          n/a
                          Parameters   micro, example 1.0, f16, 2 threads, CPU (AVX2)
                          Text         "Hello."
                        """);
        assertThat(unicode.conclusion(report)).isEqualTo("""
                        Implementation  Median  Mean ± σ  Speed      RTF    Load  First run  Memory  WER  Type  Device
                        a               100 ms    100 ms   200×  0.00500  100 ms     100 ms     n/a  n/a   f16  CPU (AVX2)

                        Warning: There is only one timed run. Use at least three runs to see the variation.
                        """);
    }

    @Test
    void comparisonOfFewRunsHasNoInterval() {
        BenchmarkReport report = Reports.plain(
                1, Reports.measured("a", Reports.CPU, "x", 1, 100), Reports.measured("b", Reports.CPU, "x", 1, 333));

        assertThat(unicode.conclusion(report))
                .contains("\na ran 3.33 times as fast as b (too few runs for an interval)\n");
    }

    @Test
    void comparisonIsRoundByRound() {
        // The machine becomes three times slower; the medians' ratio is 2.02, that of each round 2.
        BenchmarkReport report = Reports.plain(
                6,
                Reports.measured("b", Reports.CPU, "x", 1, 200, 202, 204, 606, 608, 610),
                Reports.measured("a", Reports.CPU, "x", 1, 100, 101, 102, 303, 304, 305));

        assertThat(unicode.conclusion(report)).contains("\na ran 2.00 times as fast as b (95 %: 2.00 to 2.00)\n");
    }

    @Test
    void comparisonSaysWhereThereIsNoDifference() {
        BenchmarkReport report = Reports.plain(
                6,
                Reports.measured("b", Reports.CPU, "x", 1, 100, 110, 100, 120, 100, 130),
                Reports.measured("a", Reports.CPU, "x", 1, 110, 100, 110, 100, 120, 100));

        assertThat(unicode.conclusion(report))
                .containsPattern(" \\(95 %: 0\\.\\d\\d to 1\\.\\d\\d, no clear difference\\)\n");
    }

    @Test
    void comparisonIsWithinOneTask() {
        Candidate other = new Candidate("b/other", "b", "other", LoadOptions.defaults(), TranscribeOptions.defaults());
        BenchmarkReport report = Reports.plain(
                4,
                Reports.measured("a", Reports.CPU, "x", 1, 100, 100, 100, 100),
                Reports.measuredOf(
                        other,
                        "0.1.0",
                        Reports.CPU,
                        Duration.ofMillis(1),
                        Duration.ofMillis(1),
                        Collections.nCopies(4, Duration.ofMillis(200)),
                        List.of(),
                        List.of(new AudioResult("a.wav", "x", "en", null, null, null)),
                        null,
                        null));

        assertThat(unicode.conclusion(report)).doesNotContain("times as fast");
    }

    @Test
    void cutsTextAtHundredCharacters() {
        String hundred = "👋".repeat(100);

        assertThat(textOf(hundred)).endsWith("  Text         \"" + hundred + "\"\n");
        assertThat(textOf(hundred + "!")).endsWith("  Text         \"" + hundred + "...\"\n");
        assertThat(textOf(" \n ")).endsWith("  Text         (no transcription)\n");
        assertThat(textOf("one\ntwo\u001B[2J")).endsWith("  Text         \"one two [2J\"\n");
    }

    @Test
    void tableNamesTheReasonForAFallback() {
        EngineParameters parameters = new EngineParameters(
                        "micro", "ONNX Runtime 1.28.0", "auto", "CPU (ONNX Runtime)", "4-bit", 2)
                .withFallback("MLX is not installed");
        BenchmarkReport report = Reports.plain(3, Reports.measured("mlx", parameters, "x", 100, 100, 100, 100));

        assertThat(new HumanReport(false, false, 140, 140).conclusion(report))
                .contains("  CPU (fallback: MLX is not installed)\n")
                .doesNotContain("mlx: CPU");
        assertThat(new HumanReport(false, false).conclusion(report))
                .contains("  CPU (fallback)\n", "\nmlx: CPU (fallback: MLX is not installed)\n");
        assertThat(MarkdownReport.render(report)).contains("| CPU (fallback: MLX is not installed) |");
        assertThat(CsvReport.render(report)).contains(",MLX is not installed,");
        assertThat(JsonReport.render(report)).contains("\"fallback\" : \"MLX is not installed\"");
        assertThat(unicode.result(report, report.results().get(0)))
                .contains("2 threads, CPU (fallback: MLX is not installed)\n");
    }

    @Test
    void detailsShowFilesBuildAndOptions() {
        BenchmarkReport report = Reports.full();
        BenchmarkResult faster = report.results().get(0);

        assertThat(new HumanReport(false, false, 80, Integer.MAX_VALUE, true).result(report, faster))
                .contains(
                        "  Architecture 4+4 layers\n",
                        "  Stored as    float16\n",
                        "  Build        providers: CPU\n",
                        "  File         Systran/faster-whisper-tiny at commit " + Reports.COMMIT
                                + ", model.bin, 75000000 bytes, sha256 " + Reports.WEIGHTS_HASH + "\n",
                        "  Options      beam size 1\n");
        assertThat(unicode.result(report, faster)).doesNotContain("Architecture", "  File ");
    }

    @Test
    void tableFitsTerminalWidth() {
        EngineParameters parameters = new EngineParameters(
                "m", "r", "a device with a long name", "另一个设备 (with many details)", "a very long compute type", 1);
        BenchmarkReport report = Reports.plain(
                3,
                Reports.measured(
                        "an-implementation-with-a-very-long-name",
                        parameters,
                        "x",
                        5_000_000,
                        1_000_000,
                        3_000_000,
                        9_000_000),
                Reports.measured("短い名前ですが列の幅が広いです", parameters, "x", 1, 1, 1, 1),
                new Failed(
                        Reports.candidate("f".repeat(50)), "1", FailureCategory.INTERNAL, "because ".repeat(40), null));

        String table = unicode.conclusion(report).split("\n\n")[0];

        assertThat(table.lines()).hasSize(4).allMatch(line -> TerminalText.columns(line) <= 120);
        assertThat(table).contains("an-implementation-w… ").contains("f…  failed: internal error - because ");
    }

    @Test
    void alignsColumnsWithWideCharacters() {
        BenchmarkReport report = Reports.plain(
                3,
                Reports.measured("实现", Reports.CPU, "x", 100, 100, 100, 100),
                Reports.measured("plain", Reports.CPU, "x", 200, 200, 200, 200));

        assertThat(unicode.conclusion(report).lines().skip(1).limit(2))
                .allSatisfy(line -> assertThat(TerminalText.columns(line.substring(0, line.indexOf("00 ms"))))
                        .isEqualTo(17));
    }

    private String textOf(String text) {
        BenchmarkReport report = Reports.plain(3);
        Measured result = Reports.measured("a", Reports.CPU, text, 100, 100, 100, 100);
        return unicode.result(report, result);
    }

    @Test
    void warningOfBusyMachinePrecedesTable() {
        BenchmarkReport report = busy();
        assertThat(unicode.conclusion(report)).startsWith("Warning: The machine was busy: ");
        assertThat(unicode.conclusion(report).indexOf("Warning: There is only one"))
                .isGreaterThan(unicode.conclusion(report).indexOf("Implementation "));
    }

    private static BenchmarkReport busy() {
        Measured measured = Reports.measured("a", Reports.CPU, "x", 100, 100);
        return Reports.plain(1, Reports.withCpu(measured, Reports.cpu(50, 150, 0)));
    }
}
