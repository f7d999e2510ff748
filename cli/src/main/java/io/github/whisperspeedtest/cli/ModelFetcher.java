package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnreachableHostException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.DownloadProgress;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.model.ModelCatalog;
import io.github.whisperspeedtest.model.ModelCopier;
import io.github.whisperspeedtest.model.ModelInstaller;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.verify.ModelVerifier;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.VerifyLevel;
import io.github.whisperspeedtest.verify.VerifyOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Downloads and copies models, and shows on standard error how far it is. */
final class ModelFetcher {
    private final Terminal terminal;
    private final ErrorPrinter errors;
    private final ModelInstaller installer;
    private final ModelCopier copier;
    private final ModelStore store;
    private final ModelCatalog catalog;
    private final ModelVerifier verifier;
    private final boolean offline;
    private final boolean debug;

    /** Companions that could not be had, which the next model would miss for the same reason. */
    private final Set<String> failedCompanions = new HashSet<>();

    ModelFetcher(Terminal terminal, WhisperSpeedtest library, HubSettings settings, boolean debug) {
        this.terminal = terminal;
        this.errors = new ErrorPrinter(terminal);
        this.installer = new ModelInstaller(library.home(), settings);
        this.copier = new ModelCopier(settings.cacheDirectory());
        this.store = new ModelStore(library.home(), settings.cacheDirectory());
        this.catalog = new ModelCatalog(library.home().models());
        this.verifier = new ModelVerifier(library.home(), settings.cacheDirectory());
        this.offline = settings.offline();
        this.debug = debug;
    }

    /** Returns whether no request may be made. */
    boolean isOffline() {
        return offline;
    }

    /**
     * Downloads a model if it is not there and that is wanted: by the option, or by a person who is asked.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if it is not there and not wanted; says how to get it
     */
    void ensure(Implementation implementation, String model, boolean consent) {
        try {
            store.locate(implementation, model);
        } catch (ModelException e) {
            if (!consent) {
                Prompt prompt = terminal.prompt();
                if (prompt == null
                        || !prompt.isYes(
                                "Model '" + model + "' of " + implementation.id() + " is not there. Download it?")) {
                    throw e;
                }
            }
            ModelSelection.Selected selected =
                    new ModelSelection.Selected(implementation, catalog.require(implementation, model));
            install(selected);
            try {
                completeCompanions(selected);
            } catch (DownloadException failure) {
                terminal.err().println("warning: " + failure.getMessage());
            }
        }
    }

    /**
     * Downloads models that are not there, or do not load, and their companions; one that fails does not keep the others from it.
     *
     * @return the exit code for all of them
     */
    int download(List<ModelSelection.Selected> models) {
        return forEach(models, model -> {
            Verdict local = look(model, ModelPlace.LOCAL_CACHE);
            boolean elsewhere = local.status() == Verdict.Status.NOT_APPLICABLE;
            boolean cached = look(model, ModelPlace.HUB_CACHE).isComplete();
            if (local.isComplete() || elsewhere && cached) {
                terminal.err().println("is there already: " + model.label());
            } else if (cached) {
                copy(model, copier::replace);
                verify(model);
            } else {
                install(model);
            }
            completeCompanions(model);
        });
    }

    private Verdict look(ModelSelection.Selected model, ModelPlace place) {
        return verifier.verify(model.implementation(), model.model().name(), place, VerifyOptions.defaults());
    }

    /** Looks without loading. */
    private Verdict glance(ModelSelection.Selected model, ModelPlace place) {
        VerifyOptions options = VerifyOptions.defaults().withLevel(VerifyLevel.CACHE_CHECK);
        return verifier.verify(model.implementation(), model.model().name(), place, options);
    }

    private void install(ModelSelection.Selected model) {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            String installed = installer
                    .installAlone(model.implementation(), model.model(), new Listener(progress, model.label()))
                    .name();
            progress.clear();
            terminal.err()
                    .println((isPublished(model) ? "downloaded " : "written: ")
                            + model.label()
                            + (installed.equals(model.model().name()) ? "" : ": " + installed + " in its stead"));
        }
    }

    /**
     * Brings what a model works better with; one that the hub does not offer is a warning.
     *
     * @throws DownloadException if the network or the disk fails, the first time
     */
    private void completeCompanions(ModelSelection.Selected model) {
        for (ModelInfo companion : model.model().companions()) {
            if (failedCompanions.contains(companion.name())) {
                continue;
            }
            try (ProgressLine progress = new ProgressLine(terminal)) {
                if (installer.installCompanion(
                        model.implementation(), companion, new Listener(progress, companion.name()))) {
                    progress.clear();
                    terminal.err().println("downloaded " + companion.name() + " for " + model.label());
                }
            } catch (DownloadException e) {
                failedCompanions.add(companion.name());
                if (e.kind() == ErrorKind.ENVIRONMENT) {
                    throw e;
                }
                // This hub does not offer it, so another try would not help, and the model works without.
                terminal.err()
                        .println("warning: " + model.label() + " works without " + companion.name() + ": "
                                + e.getMessage());
            }
        }
    }

    /**
     * Copies models from the default cache to where their implementations look, and loads what was copied.
     *
     * @return the exit code for all of them
     */
    int copy(List<ModelSelection.Selected> models) {
        return forEach(models, model -> {
            boolean inPlace = glance(model, ModelPlace.LOCAL_CACHE).status() == Verdict.Status.NOT_APPLICABLE
                    && glance(model, ModelPlace.HUB_CACHE).isComplete();
            if (!isPublished(model) || inPlace) {
                terminal.err().println("needs no copy: " + model.label());
                return;
            }
            ModelCopier.Outcome outcome;
            try {
                outcome = copy(model, copier::copy);
            } catch (ModelException e) {
                throw new ModelException(e.getMessage() + " Run: " + downloadCommand(model), e);
            }
            if (outcome != ModelCopier.Outcome.ALREADY_THERE) {
                verify(model);
            }
        });
    }

    /** Returns whether a model comes from a server; others are made on this machine. */
    private static boolean isPublished(ModelSelection.Selected model) {
        return model.model().sources().stream()
                .anyMatch(source ->
                        source instanceof ModelSource.HubRepository || source instanceof ModelSource.DirectDownload);
    }

    private static String downloadCommand(ModelSelection.Selected model) {
        return ModelStore.downloadCommand(
                model.implementation().id(), model.model().name());
    }

    private void verify(ModelSelection.Selected model) {
        Verdict verdict = look(model, ModelPlace.LOCAL_CACHE);
        if (verdict.status() == Verdict.Status.INCOMPLETE || verdict.status() == Verdict.Status.MISSING) {
            throw new ModelException(model.label() + " was copied but does not load: " + verdict.reason() + " Run: "
                    + downloadCommand(model));
        }
    }

    /**
     * Copies models, also over what is there; the caller checks them afterwards.
     *
     * @return the exit code for all of them
     */
    int replace(List<ModelSelection.Selected> models) {
        return forEach(models, model -> copy(model, copier::replace));
    }

    private ModelCopier.Outcome copy(ModelSelection.Selected model, Function<ModelInfo, ModelCopier.Outcome> copying) {
        ModelCopier.Outcome outcome = copying.apply(model.model());
        String what = switch (outcome) {
            case ALREADY_THERE -> "is there already: ";
            case LINKED -> "copied without taking space: ";
            case COPIED -> "copied: ";
        };
        terminal.err().println(what + model.label());
        return outcome;
    }

    private interface Action {
        void on(ModelSelection.Selected model);
    }

    /** Returns the exit code: that of the cause where all failed for the same one. */
    private int forEach(List<ModelSelection.Selected> models, Action action) {
        List<Integer> codes = new ArrayList<>();
        Map<UnreachableHostException, List<String>> alsoUnreachable = new LinkedHashMap<>();
        for (ModelSelection.Selected model : models) {
            try {
                action.on(model);
                codes.add(ExitCode.OK);
            } catch (OperationCancelledException e) {
                throw e;
            } catch (UnreachableHostException e) {
                // One failure stands for all models of that server.
                List<String> others = alsoUnreachable.get(e);
                if (others == null) {
                    alsoUnreachable.put(e, new ArrayList<>());
                    errors.print(e, debug);
                } else {
                    others.add(model.label());
                }
                codes.add(ExitCode.of(e.kind()));
            } catch (WhisperSpeedtestException e) {
                codes.add(errors.print(e, debug));
            }
        }
        alsoUnreachable.forEach((failure, others) -> {
            if (!others.isEmpty()) {
                terminal.err()
                        .println("not downloaded either, because " + failure.host() + " fails in the same way: "
                                + String.join(", ", others));
            }
        });
        return ExitCode.ofAll(codes);
    }

    private final class Listener implements DownloadListener {
        private final ProgressLine progress;
        private final String name;

        Listener(ProgressLine progress, String name) {
            this.progress = progress;
            this.name = name;
        }

        @Override
        public void progressed(DownloadProgress state) {
            Duration remaining = state.remaining();
            String files = state.files().stream()
                    .filter(file -> file.state() == DownloadProgress.State.DOWNLOADING
                            || file.state() == DownloadProgress.State.VERIFYING)
                    .map(Listener::describe)
                    .collect(Collectors.joining(", "));
            progress.show(String.format(
                    Locale.ROOT,
                    "%s: %s of %s MB, %.1f MB/s%s; %s",
                    name,
                    Megabytes.of(state.bytes()),
                    state.totalBytes() < 0 ? "?" : Megabytes.of(state.totalBytes()),
                    state.bytesPerSecond() / 1e6,
                    remaining == null ? "" : ", " + remaining.toSeconds() + " s left",
                    files));
        }

        private static String describe(DownloadProgress.File file) {
            if (file.state() == DownloadProgress.State.VERIFYING) {
                return "checking " + file.name();
            }
            return file.totalBytes() <= 0
                    ? file.name()
                    : file.name() + " " + 100 * file.bytes() / file.totalBytes() + " %";
        }

        @Override
        public void retrying(String file, String reason, Duration wait) {
            progress.clear();
            terminal.err().println("retrying " + file + " in " + wait.toMillis() / 1000.0 + " s: " + reason);
        }
    }
}
