package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.benchmark.BaselineComparison.Change;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.UsedFile;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BaselineComparisonTest {
    private static final Candidate BASE = SavedRuns.candidate("faster", "base");
    private static final BenchmarkReport BASELINE =
            SavedRuns.report(1, SavedRuns.result("faster", "base", 1, 50), SavedRuns.result("mps", "base", 2, 50));

    private static Change change(BenchmarkResult then, BenchmarkResult now) {
        return BaselineComparison.of(SavedRuns.report(1, then), SavedRuns.report(2, now))
                .changes()
                .get(0);
    }

    private static ModelProvenance weights(String hash) {
        return new ModelProvenance("base", List.of(new UsedFile("model.bin", "/m/model.bin", null, null, 9, hash)));
    }

    private static List<String> failures(
            @Nullable Double slower, @Nullable Double worse, BenchmarkReport then, BenchmarkReport now) {
        return findings(slower, worse, then, now).stream()
                .filter(RegressionLimits.Finding::failure)
                .map(RegressionLimits.Finding::message)
                .toList();
    }

    private static List<RegressionLimits.Finding> findings(
            @Nullable Double slower, @Nullable Double worse, BenchmarkReport then, BenchmarkReport now) {
        return new RegressionLimits(slower, worse).check(BaselineComparison.of(then, now));
    }

    @Test
    void saysHowMuchSlowerAndHowSureThatIs() {
        Change change = change(SavedRuns.result("faster", "base", 1, 50), SavedRuns.result("faster", "base", 1.12, 55));

        assertThat(change.describeTime()).matches("slower by 12\\.0 % \\(95 %: 11\\.\\d % to 12\\.\\d %\\)");
        assertThat(change.errors()).isCloseTo(0.005, within(1e-12));
        assertThat(change.describeErrors()).isEqualTo("0.50 points more errors");
    }

    @Test
    void fasterIsAPercentageOfTheTimeOfTheBaseline() {
        Change change = change(SavedRuns.result("faster", "base", 1, 50), SavedRuns.result("faster", "base", 0.8, 40));

        assertThat(change.describeTime()).matches("faster by 20\\.0 % \\(95 %: 19\\.\\d % to 20\\.\\d %\\)");
        assertThat(change.describeErrors()).isEqualTo("1.00 points fewer errors");
    }

    @Test
    void sameTimesAreNoDifference() {
        Measured same = SavedRuns.result("faster", "base", 1, 50);

        assertThat(change(same, same).describeTime())
                .startsWith("no clear difference (95 %: 0.")
                .endsWith(" % slower)");
        assertThat(change(same, same).describeErrors()).isEqualTo("no difference");
    }

    @Test
    void otherWeightsAreNotCompared() {
        Change change = change(
                SavedRuns.result(BASE, SavedRuns.times(1), 50, null, weights("aa")),
                SavedRuns.result(BASE, SavedRuns.times(3), 90, null, weights("bb")));

        assertThat(change.obstacles()).singleElement().asString().startsWith("other weights: ");
        assertThat(change.time()).isNull();
        assertThat(change.errors()).isNull();
    }

    @Test
    void otherOptionsAreNotCompared() {
        Candidate gpu = new Candidate(
                BASE.name(), "faster", "base", LoadOptions.defaults().withDevice("gpu"), TranscribeOptions.defaults());
        Candidate patient = new Candidate(
                BASE.name(),
                "faster",
                "base",
                LoadOptions.defaults(),
                TranscribeOptions.builder().patience(2).build());
        Measured then = SavedRuns.result("faster", "base", 1, 50);

        assertThat(change(then, SavedRuns.result(gpu, SavedRuns.times(1), 50, null, null))
                        .obstacles())
                .containsExactly("other options: device auto, now gpu");
        assertThat(change(then, SavedRuns.result(patient, SavedRuns.times(1), 50, null, null))
                        .obstacles())
                .containsExactly("other options: decoding");
    }

    @Test
    void otherRecordingsAreNotComparedAndFailTheGate() {
        BenchmarkReport other = SavedRuns.report(
                2,
                Reports.ENVIRONMENT,
                "b.wav",
                SavedRuns.result("faster", "base", 9, 50),
                SavedRuns.result("mps", "base", 9, 50));

        assertThat(BaselineComparison.of(BASELINE, other).changes())
                .allSatisfy(change -> assertThat(change.obstacles())
                        .containsExactly("other recordings: a.wav (20.0 s), now b.wav (20.0 s)"));
        assertThat(failures(0.05, null, BASELINE, other))
                .containsExactly("No time could be compared, so the limit for times was not checked.");
        assertThat(failures(null, null, BASELINE, other)).isEmpty();
    }

    @Test
    void otherMachineIsANoteAndIsCompared() {
        BenchmarkReport now = SavedRuns.report(
                2,
                SavedRuns.environment("Other Chip", 2),
                "a.wav",
                SavedRuns.result("faster", "base", 1.5, 50),
                SavedRuns.result("mps", "base", 2, 50));

        BaselineComparison comparison = BaselineComparison.of(BASELINE, now);

        assertThat(comparison.notes()).containsExactly("processor: was Example Chip 9000, now Other Chip");
        assertThat(failures(0.05, null, BASELINE, now))
                .singleElement()
                .asString()
                .startsWith("faster/base is slower by 50.0 %");
    }

    @Test
    void wholeIntervalBeyondTheLimitFailsAndTheEstimateAloneWarns() {
        BenchmarkReport slightly = SavedRuns.report(
                2, SavedRuns.result("faster", "base", 1.0505, 50), SavedRuns.result("mps", "base", 2, 50));

        assertThat(failures(0.04, null, BASELINE, slightly)).hasSize(1);
        assertThat(findings(0.05, null, BASELINE, slightly)).singleElement().satisfies(finding -> {
            assertThat(finding.failure()).isFalse();
            assertThat(finding.message()).contains("above the limit of 5.0 %", "interval begins at 4.");
        });
        assertThat(findings(0.06, null, BASELINE, slightly)).isEmpty();
    }

    @Test
    void fewRunsOnlyWarn() {
        BenchmarkReport then = SavedRuns.report(1, SavedRuns.first(2, SavedRuns.result("faster", "base", 1, 50)));
        BenchmarkReport now = SavedRuns.report(2, SavedRuns.first(2, SavedRuns.result("faster", "base", 3, 50)));

        assertThat(BaselineComparison.of(then, now).changes().get(0).describeTime())
                .isEqualTo("slower by 200.0 % (too few runs for an interval)");
        assertThat(findings(0.05, null, then, now)).singleElement().satisfies(finding -> {
            assertThat(finding.failure()).isFalse();
            assertThat(finding.message()).contains("too few runs");
        });
    }

    @Test
    void errorsBeyondTheLimitFail() {
        BenchmarkReport worse =
                SavedRuns.report(2, SavedRuns.result("faster", "base", 1, 68), SavedRuns.result("mps", "base", 2, 50));

        assertThat(failures(null, 0.018, BASELINE, worse))
                .as("exactly the limit, but for the rounding of 0.068 - 0.05")
                .isEmpty();
        assertThat(failures(null, 0.017, BASELINE, worse))
                .containsExactly("faster/base has 1.80 points more errors; the limit is 1.70 points.");
    }

    @Test
    void lostCandidateFailsTheGateAndIsShownWithoutIt() {
        BenchmarkReport without = SavedRuns.report(2, SavedRuns.result("faster", "base", 1, 50));
        BenchmarkReport crashed = SavedRuns.report(
                2,
                SavedRuns.result("faster", "base", 1, 50),
                new Failed(SavedRuns.candidate("mps", "base"), "1", FailureCategory.CRASHED, "it crashed", null));

        for (BenchmarkReport now : List.of(without, crashed)) {
            assertThat(failures(0.05, null, BASELINE, now))
                    .containsExactly("mps/base ran in the baseline and has no result now.");
            assertThat(failures(null, null, BASELINE, now)).isEmpty();
        }
        assertThat(failures(0.05, null, without, BASELINE))
                .as("a new candidate")
                .isEmpty();
        assertThat(BaselineComparison.of(without, BASELINE).changes().get(1).isLost())
                .isFalse();
    }

    @Test
    void impossibleLimitsAreRefused() {
        assertThatThrownBy(() -> new RegressionLimits(-0.1, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'slower' is -0.1");
        assertThatThrownBy(() -> new RegressionLimits(null, Double.NaN)).hasMessageContaining("'worse' is NaN");
    }
}
