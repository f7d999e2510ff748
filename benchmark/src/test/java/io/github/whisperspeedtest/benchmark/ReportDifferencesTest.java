package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Unavailable;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.UsedFile;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportDifferencesTest {
    private static final EngineParameters PARAMETERS = Reports.CPU.withStoredType("float16");

    @Test
    void reportDoesNotDifferFromItself() {
        assertThat(ReportDifferences.between(Reports.full(), Reports.full())).isEmpty();
    }

    @Test
    void namesEveryDifferenceOfAResult() {
        Measured then = result("Hello.", PARAMETERS, model("commit1", "aa"), "1");
        Measured now = result(
                "Hallo.",
                new EngineParameters("micro", "example 2.0", "auto", "CPU (AVX2)", "f16", 4)
                        .withFallback("no GPU here")
                        .withStoredType("float32"),
                model("commit2", "bb"),
                "5");

        assertThat(ReportDifferences.between(Reports.plain(3, then), Reports.plain(3, now)))
                .containsExactly(
                        "a: THE WEIGHTS ARE NOT THE SAME: owner/name@commit1 model.bin, sha256 was aa, now it is bb"
                                + " (owner/name@commit2 model.bin)",
                        "a, commit: was commit1, now commit2",
                        "a, text of a.wav: was \"Hello.\", now \"Hallo.\"",
                        "a, engine: was example 1.0, now example 2.0",
                        "a, device: was CPU (AVX2), now CPU (fallback: no GPU here)",
                        "a, stored type: was float16, now float32",
                        "a, threads: was 2, now 4",
                        "a, option beam_size: was 1, now 5");
    }

    @Test
    void namesResultThatFailsNow() {
        assertThat(ReportDifferences.between(
                        Reports.plain(3, result("Hello.", PARAMETERS, model("c", "aa"), "1")),
                        Reports.plain(
                                3, new Unavailable(Reports.candidate("a"), "0.1.0", "no library", "Install it."))))
                .containsExactly("a: was measured, now unavailable (no library)");
    }

    @Test
    void namesDifferenceOfLongTexts() {
        String start = "word ".repeat(50);
        assertThat(ReportDifferences.between(
                        Reports.plain(3, result(start + "one", PARAMETERS, model("c", "aa"), "1")),
                        Reports.plain(3, result(start + "two", PARAMETERS, model("c", "aa"), "1"))))
                .containsExactly("a: the text of a.wav differs after its first 200 characters");
    }

    @Test
    void namesOtherRecordingAndMachine() {
        BenchmarkAudio then = Reports.full().settings().audios().get(0);
        AudioSource other = new AudioSource(AudioSource.Kind.FILE, "/audio/count.wav", "11".repeat(32));
        BenchmarkEnvironment machine = Reports.ENVIRONMENT;

        assertThat(ReportDifferences.ofAudio(then, other))
                .containsExactly("RECORDING count.wav IS NOT THE SAME: its sha256 was " + "0f".repeat(32)
                        + ", now it is " + "11".repeat(32));
        assertThat(ReportDifferences.ofEnvironment(
                        machine,
                        new BenchmarkEnvironment(
                                "1.2.4", null, machine.jvm(), machine.os(), "Other", 2, machine.memoryBytes())))
                .containsExactly(
                        "tool: was 1.2.3, now 1.2.4",
                        "commit of the tool: was " + Reports.COMMIT + ", now unknown",
                        "processor: was Example Chip 9000, now Other");
    }

    private static Measured result(String text, EngineParameters parameters, ModelProvenance model, String beams) {
        return Reports.measured("a", parameters, text, 1, 1, 1, 1).with(model, Map.of("beam_size", beams));
    }

    private static ModelProvenance model(String commit, String hash) {
        return new ModelProvenance(
                "tiny", List.of(new UsedFile("model.bin", "/m/model.bin", "owner/name", commit, 1, hash)));
    }
}
