package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.verify.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Models that are ready, of an implementation whose models have a companion. */
class CheckReportTest {
    @Test
    void missingCompanionIsReportedAndModelStaysReady() throws IOException {
        CheckReport report = report(ModelPresence.State.MISSING, "/hub/helper does not exist.");

        assertThat(report.allReady()).isTrue();
        assertThat(table(report))
                .containsOnlyOnce(
                        "helper is not installed; fake can use it. Run: whisper-speedtest download -i fake -m tiny\n")
                .doesNotContain("/hub/helper")
                .contains("2 ready");
        JsonNode companion = new ObjectMapper().readTree(report.json()).at("/models/1/companions/0");
        assertThat(companion.get("model").asText()).isEqualTo("helper");
        assertThat(companion.get("present").asBoolean()).isFalse();
        assertThat(companion.get("reason").asText()).isEqualTo("/hub/helper does not exist.");
    }

    @Test
    void namesDamagedFileOfIncompleteCompanion() {
        assertThat(table(report(ModelPresence.State.INCOMPLETE, "/helper/weights does not exist.")))
                .containsOnlyOnce("helper is incomplete; fake can use it. /helper/weights does not exist. Run:"
                        + " whisper-speedtest download -i fake -m tiny\n");
    }

    @Test
    void namesCompleteModelWithImplausibleSize() {
        CheckedModel other = checked("small", 466_000_000);
        assertThat(table(new CheckReport(List.of(other), Path.of("models"), Path.of("hub"), -1)))
                .contains("complete, but has only 1 B; 466.0 MB are published under this name");
        assertThat(table(report(ModelPresence.State.PRESENT, ""))).doesNotContain("published");
    }

    @Test
    void theExitCodeDistinguishesMissingModelsFromMissingRequirements() {
        CheckedModel ready = checked("tiny", 1);
        assertThat(exitCode(ready)).isEqualTo(ExitCode.OK);
        assertThat(exitCode(ready, with(Verdict.Status.MISSING))).isEqualTo(ExitCode.MODEL);
        assertThat(exitCode(ready, with(Verdict.Status.NOT_CHECKABLE))).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(exitCode(with(Verdict.Status.NOT_CHECKABLE), with(Verdict.Status.INCOMPLETE)))
                .isEqualTo(ExitCode.MODEL);
    }

    @Test
    void reportsInsufficientSpace() {
        CheckedModel missing = checked("small", 466_000_000, verdict(Verdict.Status.MISSING));
        assertThat(table(new CheckReport(List.of(missing), Path.of("models"), Path.of("hub"), 400_000_000)))
                .endsWith("0 ready, 0 incomplete, 1 missing. To download: 466.0 MB. Free disk space: 400.0 MB.\n"
                        + "warning: does not fit: the download needs 466.0 MB, and the disk has 400.0 MB free.");
        assertThat(table(new CheckReport(List.of(missing), Path.of("models"), Path.of("hub"), 500_000_000)))
                .doesNotContain("does not fit");
    }

    @Test
    void verboseReportsGiveTheReasonsOfMissingModels() {
        CheckReport report = report(ModelPresence.State.MISSING, "/hub/helper does not exist.");
        assertThat(report.table(new CheckReport.Style(true, true, 80, Integer.MAX_VALUE)))
                .contains("fake can use it. /hub/helper does not exist. Run: ");
    }

    private static String table(CheckReport report) {
        return report.table(new CheckReport.Style(true, false, 80, Integer.MAX_VALUE));
    }

    private static int exitCode(CheckedModel... models) {
        return new CheckReport(List.of(models), Path.of("models"), Path.of("hub"), -1).exitCode();
    }

    private static CheckedModel with(Verdict.Status status) {
        Verdict verdict = verdict(status);
        return new CheckedModel(new ResolvedModel(new Fake(), model("base"), null, null), verdict, verdict, List.of());
    }

    @Test
    void anInstalledCompanionIsNotMentioned() throws IOException {
        CheckReport report = report(ModelPresence.State.PRESENT, "");

        assertThat(table(report)).doesNotContain("helper");
        assertThat(new ObjectMapper()
                        .readTree(report.json())
                        .at("/models/0/companions/0/present")
                        .asBoolean())
                .isTrue();
    }

    private static CheckReport report(ModelPresence.State state, String reason) {
        ModelPresence companion = new ModelPresence(
                ModelPlace.HUB_CACHE, state, reason, model("helper"), List.of(), List.of(), List.of());
        return new CheckReport(
                List.of(checked("tiny", companion), checked("base", companion)), Path.of("models"), Path.of("hub"), -1);
    }

    private static CheckedModel checked(String name, long publishedBytes) {
        return checked(name, publishedBytes, verdict(Verdict.Status.COMPLETE));
    }

    private static CheckedModel checked(String name, long publishedBytes, Verdict verdict) {
        ModelInfo model = ModelInfo.ofLocalFiles(
                name, List.of(new ModelSource.Embedded("f16")), List.of(Path.of(name + ".bin")), publishedBytes);
        return new CheckedModel(new ResolvedModel(new Fake(), model, null, null), verdict, verdict, List.of());
    }

    private static CheckedModel checked(String name, ModelPresence companion) {
        Verdict complete = verdict(Verdict.Status.COMPLETE);
        return new CheckedModel(
                new ResolvedModel(new Fake(), model(name), null, null), complete, complete, List.of(companion));
    }

    private static Verdict verdict(Verdict.Status status) {
        return new Verdict(
                status,
                null,
                "Loaded.",
                null,
                List.of(),
                status == Verdict.Status.MISSING ? List.of() : List.of(Path.of("model.bin")),
                1,
                "fake 1.0",
                Duration.ZERO,
                false);
    }

    private static ModelInfo model(String name) {
        return ModelInfo.ofLocalFiles(
                name, List.of(new ModelSource.Embedded("f16")), List.of(Path.of(name + ".bin")), 1);
    }

    private static final class Fake implements Implementation {
        @Override
        public String id() {
            return "fake";
        }

        @Override
        public Availability availability() {
            return new Availability.Available("fake 1.0", "CPU");
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            return List.of();
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new AssertionError("a report loads nothing");
        }
    }
}
