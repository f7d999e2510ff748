package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
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

/** Checks for each implementation whether its models are complete, by loading them. */
@Command(
        name = "check-models",
        description =
                "Check that models are complete, by loading them. Two places are checked: the default Hugging Face"
                        + " cache and the directory of each implementation.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "A check never downloads, changes or deletes a model. The exit code is 0 if",
            "all models are ready, and 3 if one is missing or incomplete.",
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

    @OptionGroup.In(OptionGroup.MODELS)
    @Option(
            names = "--verify",
            paramLabel = "LEVEL",
            defaultValue = "load",
            description = "Thoroughness: cache-check (presence and sizes), hash (content hashes) or load (default:"
                    + " ${DEFAULT-VALUE}).")
    private String level;

    @OptionGroup.In(OptionGroup.MODELS)
    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Time limit for loading one model (default: 15 s, 30 s for large models).")
    private @Nullable Integer timeout;

    @OptionGroup.In(OptionGroup.MODELS)
    @Option(names = "--refresh", description = "Repeat checks whose results are cached.")
    private boolean refresh;

    @OptionGroup.In(OptionGroup.MODELS)
    @Option(names = "--no-cache", description = "Neither read nor write cached results.")
    private boolean noCache;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Option(names = "--download", description = "Download missing and incomplete models.")
    private boolean download;

    @Option(names = "--copy", description = "Copy models from the default cache to the implementation's directory.")
    private boolean copy;

    @Option(
            names = "--select",
            paramLabel = "ID",
            split = ",",
            description = "Download or copy only for these implementations.")
    private List<String> select = new ArrayList<>();

    @Option(
            names = {"-y", "--yes"},
            description = "Download without asking.")
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
        // JSON is one document, with the final state.
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
            hints.add("--copy to copy " + RepairPlan.summary(plan.copies()) + " from the Hugging Face cache");
        }
        if (!plan.downloads().isEmpty() && !download) {
            hints.add("--download to download " + RepairPlan.summary(plan.downloads()));
        }
        if (!hints.isEmpty()) {
            terminal.err().println("Run again with " + String.join(", or with ", hints) + ".");
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

    /** Writes the built-in demo model first; if that fails, the verdict is that it is missing. */
    private void writeEmbedded(WhisperSpeedtest library, List<ResolvedModel> models) {
        ModelStore store = library.models();
        boolean warned = false;
        for (ResolvedModel model : models) {
            if (model.info().sources().stream().anyMatch(ModelSource::isEmbedded)) {
                try {
                    store.prepare(model);
                } catch (WhisperSpeedtestException e) {
                    LOG.debug(
                            "Cannot write the demo model for {}",
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
        VerifyOptions.Caching caching = noCache
                ? VerifyOptions.Caching.OFF
                : refresh ? VerifyOptions.Caching.REFRESH : VerifyOptions.Caching.USE;
        return new VerifyOptions(verifyLevel, timeout == null ? null : Duration.ofSeconds(timeout), caching);
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
                    .map(locator::lookForCompanion)
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
                FreeSpace.at(library.home().models()));
    }

    private static VerifyRequest request(ResolvedModel model, ModelPlace place) {
        return new VerifyRequest(model.implementation(), model.info(), place);
    }

    private void print(CheckReport report) {
        terminal.out()
                .println(
                        json
                                ? report.json()
                                : report.table(new CheckReport.Style(
                                        terminal.unicode(),
                                        common.verbose(),
                                        terminal.columns(),
                                        terminal.lineColumns())));
    }

    /** Applies the repairs that options request. Returns whether one was tried. */
    private boolean actOnFlags(ModelFetcher fetcher, CheckReport report) {
        boolean tried = false;
        if (copy) {
            List<ResolvedModel> copies = RepairPlan.models(selected(report).copies());
            fetcher.replace(copies);
            tried = !copies.isEmpty();
        }
        if (download) {
            List<RepairPlan.Item> downloads = selected(report).downloads();
            if (!downloads.isEmpty() && consents(downloads, report.freeBytes())) {
                fetcher.download(RepairPlan.models(downloads));
                tried = true;
            }
        }
        return tried;
    }

    /** Without {@code --copy}, a download takes a model that the default cache has from there. */
    private RepairPlan selected(CheckReport report) {
        RepairPlan plan = RepairPlan.of(report, copy);
        return select.isEmpty() ? plan : plan.only(select);
    }

    private boolean consents(List<RepairPlan.Item> downloads, long freeBytes) {
        RepairPlan.size(downloads).shortage(freeBytes).ifPresent(terminal.err()::println);
        Prompt prompt = yes ? null : terminal.prompt();
        return prompt == null || prompt.isYes("Download " + RepairPlan.summary(downloads) + "?");
    }

    /** Shows the current check. */
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
