package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecommendationTest {
    /** Error rates in 1000 words: 15 %, 8 %, 7.5 %, 5 %. */
    private static final BenchmarkReport SWEEP = SavedRuns.report(
            10,
            SavedRuns.result("faster", "tiny", 0.1, 150),
            SavedRuns.result("faster", "base", 0.2, 80),
            SavedRuns.result("mps", "base", 0.4, 75),
            SavedRuns.result("faster", "small", 1, 50));

    private static final RecommendationCriteria ANY = criteria(null, null, null);

    private static RecommendationCriteria criteria(
            @Nullable String language, @Nullable Double maxErrors, @Nullable Long maxMemory, String... models) {
        return new RecommendationCriteria(Set.of(models), language, maxErrors, maxMemory);
    }

    private static Recommendation of(RecommendationCriteria criteria, BenchmarkReport... reports) {
        return Recommendation.of(Arrays.asList(reports), SavedRuns.MACHINE, criteria);
    }

    private static @Nullable String best(Recommendation recommendation) {
        Recommendation.Choice best = recommendation.best();
        return best == null ? null : best.result().candidate().name();
    }

    private static List<String> others(Recommendation recommendation) {
        return recommendation.others().stream()
                .map(choice -> choice.result().candidate().name())
                .toList();
    }

    @Test
    void withoutALimitAccuracyComesFirst() {
        Recommendation found = of(ANY, SWEEP);

        assertThat(best(found)).isEqualTo("faster/small");
        assertThat(others(found)).containsExactly("mps/base", "faster/base", "faster/tiny");
        assertThat(found.reason())
                .isEqualTo(
                        "Use faster with small at f16: 20.0× real time, 5.0 % word error rate, 100 MiB; the fastest of"
                                + " those within a point of the lowest error rate, measured on 2026-11-10 with a.wav (20.0 s).");
    }

    @Test
    void withALimitTheFastestWithinItIsBest() {
        Recommendation found = of(criteria(null, 0.1, null), SWEEP);

        assertThat(best(found)).isEqualTo("faster/base");
        assertThat(others(found)).containsExactly("mps/base", "faster/small");
        assertThat(found.misses())
                .extracting(Recommendation.Miss::reason)
                .containsExactly("15.0 % word error rate, the limit is 10.0 %");
    }

    @Test
    void chosenModelsAndMemoryLimitTheChoice() {
        assertThat(best(of(criteria(null, null, null, "tiny", "base"), SWEEP)))
                .as("within a point of 7.5 %")
                .isEqualTo("faster/base");
        assertThat(best(of(criteria(null, null, 100L << 20), SWEEP))).isEqualTo("faster/small");
        Recommendation none = of(criteria(null, null, 99L << 20), SWEEP);
        assertThat(none.best()).isNull();
        assertThat(none.misses())
                .hasSize(4)
                .first()
                .satisfies(miss -> assertThat(miss.reason()).isEqualTo("100 MiB of memory, the limit is 99.0 MiB"));
    }

    @Test
    void nearestMissComesFirst() {
        Recommendation none = of(criteria(null, 0.04, null), SWEEP);

        assertThat(none.best()).isNull();
        assertThat(none.misses())
                .extracting(Recommendation.Miss::candidate)
                .containsExactly("faster/small", "mps/base", "faster/base", "faster/tiny");
    }

    @Test
    void newestResultOfACandidateCounts() {
        BenchmarkReport later = SavedRuns.report(
                20,
                SavedRuns.result("faster", "base", 9, 80),
                new Failed(SavedRuns.candidate("faster", "small"), "1", FailureCategory.CRASHED, "reason", null));

        Recommendation found = of(criteria(null, 0.1, null), later, SWEEP);

        assertThat(best(found)).isEqualTo("mps/base");
        assertThat(others(found)).containsExactly("faster/base");
        assertThat(found.misses()).extracting(Recommendation.Miss::reason).contains("failed: crashed");
    }

    @Test
    void demoRandomAndOtherMachinesDoNotCount() {
        BenchmarkReport unreal = SavedRuns.report(
                20,
                SavedRuns.result("faster", "micro", 0.01, 0),
                SavedRuns.result("whispercpp", "micro-q8_0", 0.01, 0),
                SavedRuns.result("faster", "random-tiny", 0.01, 0));
        BenchmarkReport elsewhere = SavedRuns.report(
                20, SavedRuns.environment("Example Chip 9000", 4), "a.wav", SavedRuns.result("mps", "small", 0.01, 0));

        assertThat(of(ANY, unreal, elsewhere).best()).isNull();
        assertThat(of(ANY, unreal, elsewhere).misses()).isEmpty();
        assertThat(best(of(ANY, unreal, elsewhere, SWEEP))).isEqualTo("faster/small");
    }

    @Test
    void errorRatesOfOtherRecordingsAreNotCompared() {
        BenchmarkReport easy =
                SavedRuns.report(20, Reports.ENVIRONMENT, "easy.wav", SavedRuns.result("faster", "tiny", 0.1, 0));

        assertThat(best(of(ANY, easy, SWEEP))).as("most candidates").isEqualTo("faster/small");
        BenchmarkReport before =
                SavedRuns.report(1, Reports.ENVIRONMENT, "easy.wav", SavedRuns.result("faster", "tiny", 0.1, 0));
        assertThat(best(of(ANY, before, SWEEP))).as("most candidates").isEqualTo("faster/small");
        assertThat(best(of(ANY, easy))).isEqualTo("faster/tiny");
    }

    @Test
    void knownErrorRatesArePreferredToMoreCandidates() {
        BenchmarkReport silent = SavedRuns.report(
                20,
                Reports.ENVIRONMENT,
                "silent.wav",
                SavedRuns.result("faster", "tiny", 0.1, null),
                SavedRuns.result("faster", "base", 0.2, null));
        BenchmarkReport known = SavedRuns.report(10, SavedRuns.result("faster", "base", 0.2, 80));

        assertThat(best(of(ANY, silent, known))).isEqualTo("faster/base");
        assertThat(of(ANY, silent, known).others()).isEmpty();
    }

    @Test
    void unknownAccuracyIsSaidAndNeverFitsALimit() {
        BenchmarkReport plain = SavedRuns.report(20, SavedRuns.result("faster", "tiny", 0.1, null));

        assertThat(of(ANY, plain).reason())
                .contains("the only saved result")
                .endsWith("unknown without a reference text.");
        assertThat(of(criteria(null, 0.5, null), plain).misses())
                .extracting(Recommendation.Miss::reason)
                .containsExactly("unknown word error rate: no reference text");
    }

    @Test
    void reportRecommendsWhatItsVerdictSays() {
        BenchmarkReport plain = SavedRuns.report(
                1, SavedRuns.result("faster", "base", 0.2, null), SavedRuns.result("mps", "base", 0.1, null));
        BenchmarkReport failed = SavedRuns.report(
                1, new Failed(SavedRuns.candidate("mps", "base"), "1", FailureCategory.CRASHED, "reason", null));

        for (BenchmarkReport report : List.of(SWEEP, plain, failed)) {
            assertThat(Verdict.recommended(report)
                            .map(result -> result.candidate().name())
                            .orElse(null))
                    .isEqualTo(Verdict.of(report).best());
        }
        assertThat(Verdict.recommended(SWEEP).orElseThrow().candidate().model()).isEqualTo("small");
        assertThat(Verdict.recommended(plain).orElseThrow().implementation()).isEqualTo("mps");
        assertThat(Verdict.recommended(failed)).isEmpty();
    }

    @Test
    void languageMustHaveBeenMeasured() {
        assertThat(best(of(criteria("en", null, null), SWEEP))).isEqualTo("faster/small");
        assertThat(of(criteria("de", null, null), SWEEP).misses())
                .hasSize(4)
                .allSatisfy(miss -> assertThat(miss.reason()).isEqualTo("not measured with the language 'de'"));
    }

    @Test
    void resultThatIsNotRankedDoesNotFit() {
        BenchmarkReport broken = SavedRuns.report(
                20, SavedRuns.result("faster", "base", 0.01, 900), SavedRuns.result("mps", "base", 1, 50));

        Recommendation found = of(ANY, broken);

        assertThat(best(found)).isEqualTo("mps/base");
        assertThat(found.misses())
                .singleElement()
                .satisfies(miss -> assertThat(miss.reason()).contains("out of line"));
    }
}
