package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.hub.FreeSpace;
import io.github.whisperspeedtest.model.ModelLocator;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.VerifyLevel;
import io.github.whisperspeedtest.verify.VerifyListener;
import io.github.whisperspeedtest.verify.VerifyOptions;
import io.github.whisperspeedtest.verify.VerifyRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows for each implementation whether its models are really there and really load. */
@Command(
        name = "check-models",
        description =
                "Check whether models are really there: in the default Hugging Face cache, and where each implementation looks; by "
                        + "loading them.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "A check never downloads, changes or deletes anything of a model. The exit code is 0 only if all are ready, and 3 if one",
            "is missing or incomplete.",
            "",
            "Examples:",
            "  whisper-speedtest check-models -m small",
            "  whisper-speedtest check-models -m base,small --verify cache-check",
            "  whisper-speedtest check-models -m small --download --yes"
        })
final class CheckModelsCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(CheckModelsCommand.class);

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelSelection selection;

    @Option(
            names = "--verify",
            paramLabel = "LEVEL",
            defaultValue = "load",
            description =
                    "How thorough: cache-check (presence and sizes), hash (contents hashed), load (default: ${DEFAULT-VALUE}).")
    private String level;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Time to load one model (default: 15, for large models 30).")
    private @Nullable Integer timeout;

    @Option(names = "--refresh", description = "Check again what is remembered from earlier checks.")
    private boolean refresh;

    @Option(names = "--no-cache", description = "Neither use nor keep remembered verdicts.")
    private boolean noCache;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--download", description = "Download what is missing or incomplete.")
    private boolean download;

    @Option(names = "--copy", description = "Copy what the default cache has to where the implementation looks.")
    private boolean copy;

    @Option(
            names = "--select",
            paramLabel = "ID",
            split = ",",
            description = "Download or copy for these implementations only.")
    private List<String> select = new ArrayList<>();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    CheckModelsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        VerifyOptions options = options();
        WhisperSpeedtest library = common.library();
        List<ResolvedModel> models = selection.resolve(library);
        checkSelected(models);
        writeEmbedded(library, models);
        CheckReport report = check(library, models, options);
        if (!json) {
            print(report);
        }

        ModelFetcher fetcher = new ModelFetcher(terminal, library, common.debug());
        Prompt prompt = json || download || copy ? null : terminal.prompt();
        if (prompt != null) {
            report = new CheckMenu(terminal, prompt, fetcher).run(report, () -> {
                CheckReport changed = check(library, models, options);
                print(changed);
                return changed;
            });
            return report.exitCode();
        }
        boolean changed = actOnFlags(fetcher, report);
        if (changed) {
            report = check(library, models, options);
        }
        // JSON is one document: what holds in the end.
        if (json || changed) {
            print(report);
        }
        if (!json && !changed) {
            RepairPlan plan = RepairPlan.of(report);
            hint(library.hub().offline() ? plan.offline() : plan);
        }
        return report.exitCode();
    }

    private void hint(RepairPlan plan) {
        List<String> hints = new ArrayList<>();
        if (!plan.copies().isEmpty() && !copy) {
            hints.add("--copy to copy " + plan.copies().size() + " from the Hugging Face cache");
        }
        if (!plan.downloads().isEmpty() && !download) {
            hints.add("--download to fetch " + plan.downloads().size() + ", " + RepairPlan.megabytes(plan.downloads()));
        }
        if (!hints.isEmpty()) {
            terminal.err().println("Run it again with " + String.join(", or with ", hints) + ".");
        }
    }

    private void checkSelected(List<ResolvedModel> models) {
        List<String> known = models.stream()
                .map(model -> model.implementation().id())
                .distinct()
                .toList();
        if (!known.containsAll(select)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--select must be among " + String.join(", ", known) + ", but was " + String.join(",", select));
        }
    }

    /** The demo model is part of this tool, so it counts as there; where it cannot be written, the verdict says that it is missing. */
    private void writeEmbedded(WhisperSpeedtest library, List<ResolvedModel> models) {
        ModelStore store = library.models();
        boolean warned = false;
        for (ResolvedModel model : models) {
            if (model.info().sources().stream().anyMatch(ModelSource::isEmbedded)) {
                try {
                    store.prepare(model);
                } catch (WhisperSpeedtestException e) {
                    LOG.debug(
                            "The demo model is not written for {}",
                            model.implementation().id(),
                            e);
                    if (!warned) {
                        terminal.err().println("warning: " + e.getMessage());
                        warned = true;
                    }
                }
            }
        }
    }

    private VerifyOptions options() {
        VerifyLevel verifyLevel = Arrays.stream(VerifyLevel.values())
                .filter(value -> value.name().equalsIgnoreCase(level.replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--verify must be cache-check, hash or load, but was '" + level + "'"));
        if (timeout != null && timeout < 1) {
            throw new ParameterException(spec.commandLine(), "--timeout must be at least 1");
        }
        VerifyOptions.Memory memory =
                noCache ? VerifyOptions.Memory.OFF : refresh ? VerifyOptions.Memory.REFRESH : VerifyOptions.Memory.USE;
        return new VerifyOptions(verifyLevel, timeout == null ? null : Duration.ofSeconds(timeout), memory);
    }

    private CheckReport check(WhisperSpeedtest library, List<ResolvedModel> models, VerifyOptions options) {
        List<VerifyRequest> requests = new ArrayList<>();
        for (ResolvedModel model : models) {
            for (ModelPlace place : ModelPlace.values()) {
                requests.add(request(model, place));
            }
        }
        Map<VerifyRequest, Verdict> verdicts;
        try (ProgressLine progress = new ProgressLine(terminal)) {
            verdicts = library.verifier().verifyAll(requests, options, new Spinner(progress, requests.size()));
        }
        ModelLocator locator = library.models().locator();
        List<CheckedModel> checked = new ArrayList<>();
        for (ResolvedModel model : models) {
            List<ModelPresence> companions = model.info().companions().stream()
                    .map(companion ->
                            locator.best(companion).orElseGet(() -> locator.look(companion, ModelPlace.HUB_CACHE)))
                    .toList();
            checked.add(new CheckedModel(
                    model,
                    verdicts.get(request(model, ModelPlace.HUB_CACHE)),
                    verdicts.get(request(model, ModelPlace.LOCAL_CACHE)),
                    companions));
        }
        return new CheckReport(
                checked,
                library.home().models(),
                library.hub().cacheDirectory(),
                free(library.home().models()));
    }

    private static VerifyRequest request(ResolvedModel model, ModelPlace place) {
        return new VerifyRequest(model.implementation(), model.info(), place);
    }

    private static long free(Path directory) {
        try {
            return FreeSpace.at(directory);
        } catch (IOException e) {
            return -1;
        }
    }

    private void print(CheckReport report) {
        terminal.out().println(json ? report.json() : report.table(terminal.unicode()));
    }

    /** Does what the flags say. Returns whether anything was tried. */
    private boolean actOnFlags(ModelFetcher fetcher, CheckReport report) {
        boolean tried = false;
        if (copy) {
            List<ResolvedModel> copies = RepairPlan.models(selected(report).copies());
            fetcher.replace(copies);
            tried = !copies.isEmpty();
        }
        if (download) {
            List<RepairPlan.Item> downloads = selected(report).downloads();
            if (!downloads.isEmpty() && consents(downloads)) {
                fetcher.download(RepairPlan.models(downloads));
                tried = true;
            }
        }
        return tried;
    }

    /** Where nothing is to be copied, a download takes what the default cache has. */
    private RepairPlan selected(CheckReport report) {
        RepairPlan plan = RepairPlan.of(report, copy);
        return select.isEmpty() ? plan : plan.only(select);
    }

    private boolean consents(List<RepairPlan.Item> downloads) {
        Prompt prompt = yes ? null : terminal.prompt();
        return prompt == null
                || prompt.isYes("Download " + downloads.size() + ", " + RepairPlan.megabytes(downloads) + "?");
    }

    /** Shows what is being checked. */
    private static final class Spinner implements VerifyListener {
        private final ProgressLine progress;
        private final int total;
        private int done;

        Spinner(ProgressLine progress, int total) {
            this.progress = progress;
            this.total = total;
        }

        @Override
        public void onStart(VerifyRequest request) {
            progress.show("checking " + request.implementation().id() + " "
                    + request.model().name() + " (" + done + " of " + total + " done)");
        }

        @Override
        public void onVerdict(VerifyRequest request, Verdict verdict) {
            done++;
        }
    }
}
