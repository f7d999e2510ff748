package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.spi.Transcriber;
import io.github.whisperspeedtest.verify.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Models that are ready, of an implementation whose models have a companion. */
class CheckReportTest {
    @Test
    void aMissingCompanionIsALineAndTakesNothingFromTheModels() throws IOException {
        CheckReport report = report(ModelPresence.State.MISSING, "There is no /hub/helper.");

        assertThat(report.allReady()).isTrue();
        assertThat(report.table(true))
                .containsOnlyOnce(
                        "helper is not installed; without it: fake. There is no /hub/helper. Run: whisper-speedtest download -i fake -m micro\n")
                .contains("2 ready");
        JsonNode companion = new ObjectMapper().readTree(report.json()).at("/models/1/companions/0");
        assertThat(companion.get("model").asText()).isEqualTo("helper");
        assertThat(companion.get("present").asBoolean()).isFalse();
        assertThat(companion.get("reason").asText()).isEqualTo("There is no /hub/helper.");
    }

    @Test
    void aCompanionThatIsThereIsNotWorthALine() throws IOException {
        CheckReport report = report(ModelPresence.State.PRESENT, "");

        assertThat(report.table(true)).doesNotContain("helper");
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

    private static CheckedModel checked(String name, ModelPresence companion) {
        Verdict complete = new Verdict(
                Verdict.Status.COMPLETE,
                null,
                "Loaded.",
                null,
                List.of(),
                List.of(Path.of("model.bin")),
                1,
                "fake 1.0",
                Duration.ZERO,
                false);
        return new CheckedModel(
                new ModelSelection.Selected(new Fake(), model(name)), complete, complete, List.of(companion));
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
