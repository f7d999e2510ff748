package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.model.HubAccess;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.Verdict.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model in the default cache, a missing model, and one that is ready but lacks its companion. */
class CheckMenuTest {
    private static final String COMMIT = CacheBuilder.commit("main");

    @TempDir
    private Path directory;

    private final CapturedTerminal terminal = new CapturedTerminal();
    private final List<String> questions = new ArrayList<>();
    private int checks;

    @Test
    void offersRepairsWithTheirSizes() {
        run(false, report(copyable(), missing(), ready("base", true)), "q");

        assertThat(terminal.err())
                .contains(
                        "c  copy 1 model (2.0 MB) from the Hugging Face cache",
                        "fake tiny, 2.0 MB",
                        "d  download 2 models (9.0 MB)",
                        "fake small, 7.0 MB",
                        "helper, 2.0 MB",
                        "s  choose one by one",
                        "q  quit");
        assertThat(checks).isZero();
    }

    @Test
    void offersACopyOfAReadyModel() {
        run(false, report(copyable()), "");

        assertThat(questions).hasSize(1);
        assertThat(terminal.err()).contains("c  copy 1").doesNotContain("download", "choose");
    }

    @Test
    void warnsAboutInsufficientSpaceBeforeAsking() {
        CheckReport small =
                new CheckReport(List.of(missing()), directory.resolve("models"), directory.resolve("hub"), 6_000_000);
        List<String> before = new ArrayList<>();
        run(false, small, question -> {
            before.add(terminal.err());
            return "q";
        });

        assertThat(before)
                .singleElement()
                .asString()
                .contains("does not fit: the download needs 7.0 MB, and the disk has 6.0 MB free");
    }

    @Test
    void doesNotAskWithoutRepair() {
        run(false, report(ready("base", false)));
        run(true, report(missing()));

        assertThat(questions).isEmpty();
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void asksAgainAfterAnInvalidAnswer() {
        run(false, report(missing()), "x", "c", "s", "q");

        assertThat(questions).hasSize(4);
        assertThat(terminal.err()).contains("'x' is not", "'c' is not", "'s' is not");
    }

    @Test
    void quitsAtTheEndOfInput() {
        run(false, report(missing()));

        assertThat(questions).hasSize(1);
    }

    @Test
    void copiesChecksAgainAndOffersRemainingRepairs() throws IOException {
        new CacheBuilder(directory.resolve("hub"), "owner/tiny")
                .ref("main", COMMIT)
                .linked(COMMIT, "tiny.bin", new byte[10]);

        run(false, report(copyable(), missing()), "c", "q");

        assertThat(checks).isEqualTo(1);
        assertThat(directory.resolve("own/tiny.bin")).hasSize(10);
        assertThat(terminal.err()).contains("copied as hard links: fake tiny");
    }

    @Test
    void choosesRepairsOneByOneAndAsksAgainIfNoneIsChosen() throws IOException {
        new CacheBuilder(directory.resolve("hub"), "owner/tiny")
                .ref("main", COMMIT)
                .linked(COMMIT, "tiny.bin", new byte[10]);

        run(false, report(copyable(), missing()), "s", "n", "n", "s", "y", "n", "q");

        assertThat(questions)
                .contains("Copy fake tiny, 2.0 MB? [y/N] ", "Download fake small, 7.0 MB? [y/N] ")
                .hasSize(7);
        assertThat(directory.resolve("own/tiny.bin")).hasSize(10);
    }

    /** A new check returns the same report without the copied models. */
    private void run(boolean offline, CheckReport report, String... answers) {
        Deque<String> left = new ArrayDeque<>(Arrays.asList(answers));
        run(offline, report, question -> {
            questions.add(question);
            return left.poll();
        });
    }

    private void run(boolean offline, CheckReport report, Prompt prompt) {
        Properties properties = new Properties();
        properties.setProperty(
                HubAccess.CACHE_PROPERTY, directory.resolve("hub").toString());
        HubSettings settings =
                HubAccess.settings(Settings.of(Map.of(), properties)).withOffline(offline);
        WhisperSpeedtest library = WhisperSpeedtest.builder()
                .home(ToolHome.at(directory.resolve("home")))
                .hub(settings)
                .build();
        ModelFetcher fetcher = new ModelFetcher(terminal.terminal(), library, false);
        new CheckMenu(terminal.terminal(), prompt, fetcher).run(report, () -> {
            checks++;
            return report(missing());
        });
    }

    private CheckReport report(CheckedModel... models) {
        return new CheckReport(List.of(models), directory.resolve("models"), directory.resolve("hub"), -1);
    }

    private CheckedModel copyable() {
        return checked(model("tiny", 2_000_000), Status.COMPLETE, Status.MISSING, false);
    }

    private CheckedModel missing() {
        return checked(model("small", 7_000_000), Status.MISSING, Status.MISSING, false);
    }

    private CheckedModel ready(String name, boolean withoutCompanion) {
        return checked(model(name, 1_000_000), Status.COMPLETE, Status.COMPLETE, withoutCompanion);
    }

    private CheckedModel checked(ModelInfo model, Status hub, Status local, boolean withoutCompanion) {
        ModelPresence companion = new ModelPresence(
                ModelPlace.HUB_CACHE,
                ModelPresence.State.MISSING,
                "There is none.",
                model("helper", 2_000_000),
                List.of(),
                List.of(),
                List.of());
        return new CheckedModel(
                new ResolvedModel(new Fake(), model, null, null),
                verdict(hub, model.expectedBytes()),
                verdict(local, model.expectedBytes()),
                withoutCompanion ? List.of(companion) : List.of());
    }

    private ModelInfo model(String name, long bytes) {
        String file = name + ".bin";
        return ModelInfo.ofLocalFiles(
                name,
                List.of(new ModelSource.HubRepository("owner/" + name, "main", List.of(file))),
                List.of(directory.resolve("own").resolve(file)),
                bytes);
    }

    private static Verdict verdict(Status status, long bytes) {
        boolean complete = status == Status.COMPLETE;
        return new Verdict(
                status,
                complete ? null : Verdict.Problem.FILES,
                "reason",
                null,
                List.of(),
                complete ? List.of(Path.of("model.bin")) : List.of(),
                complete ? bytes : 0,
                null,
                Duration.ZERO,
                false);
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
            throw new AssertionError("a menu loads nothing");
        }
    }
}
