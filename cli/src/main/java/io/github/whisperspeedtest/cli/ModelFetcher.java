package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.TranscriptionCancelledException;
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
import io.github.whisperspeedtest.verify.ModelVerifier;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.VerifyOptions;
import java.io.Console;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Downloads and copies models, and shows on standard error how far it is. */
final class ModelFetcher {
    private final Terminal terminal;
    private final ErrorPrinter errors;
    private final ModelInstaller installer;
    private final ModelCopier copier;
    private final ModelStore store;
    private final ModelCatalog catalog;
    private final ModelVerifier verifier;
    private final boolean debug;

    ModelFetcher(Terminal terminal, WhisperSpeedtest library, HubSettings settings, boolean debug) {
        this.terminal = terminal;
        this.errors = new ErrorPrinter(terminal);
        this.installer = new ModelInstaller(library.home(), settings);
        this.copier = new ModelCopier(settings.cache());
        this.store = new ModelStore(library.home(), settings.cache());
        this.catalog = new ModelCatalog(library.home().models());
        this.verifier = new ModelVerifier(library.home(), settings.cache());
        this.debug = debug;
    }

    /**
     * Downloads a model if it is not there and somebody wants that: the option, or a person who is asked.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if it is not there and nobody does; says how to get it
     */
    void ensure(Implementation implementation, String model, boolean consent) {
        try {
            store.locate(implementation, model);
        } catch (ModelException e) {
            Console console = terminal.errIsTerminal() ? System.console() : null;
            if (!consent
                    && (console == null
                            || !isYes(console.readLine(
                                    "Model '%s' of %s is not there. Download it? [y/N] ",
                                    model, implementation.id())))) {
                throw e;
            }
            install(new ModelSelection.Selected(implementation, catalog.require(implementation, model)));
        }
    }

    /** Returns whether an answer to a question means yes. */
    static boolean isYes(@Nullable String answer) {
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    /**
     * Downloads models that are not there, or do not load; one that fails does not keep the others from it. Returns how many failed.
     */
    int download(List<ModelSelection.Selected> models) {
        return forEach(models, model -> {
            Verdict local = look(model, ModelPlace.LOCAL_CACHE);
            boolean elsewhere = local.status() == Verdict.Status.NOT_APPLICABLE;
            boolean cached = look(model, ModelPlace.HUB_CACHE).isComplete();
            if (local.isComplete() || elsewhere && cached) {
                terminal.err().println("is there already: " + name(model));
                completeCompanions(model);
            } else if (cached) {
                copy(model, copier::replace);
                verify(model);
                completeCompanions(model);
            } else {
                install(model);
            }
        });
    }

    private Verdict look(ModelSelection.Selected model, ModelPlace place) {
        return verifier.verify(model.implementation(), model.model().name(), place, VerifyOptions.defaults());
    }

    private void install(ModelSelection.Selected model) {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            String installed = installer
                    .install(model.implementation(), model.model().name(), new Listener(progress, name(model)))
                    .name();
            progress.clear();
            terminal.err()
                    .println("downloaded " + name(model)
                            + (installed.equals(model.model().name()) ? "" : ": " + installed + " in its stead"));
        }
    }

    /** Brings what the model works better with, as installing it would have done. */
    private void completeCompanions(ModelSelection.Selected model) {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            for (ModelInfo companion : installer.installCompanions(
                    model.implementation(), model.model(), new Listener(progress, name(model)))) {
                progress.clear();
                terminal.err().println("downloaded " + companion.name() + " for " + name(model));
            }
        }
    }

    /**
     * Copies models from the default cache to where their implementations look, and loads what was copied. Returns how many failed.
     */
    int copy(List<ModelSelection.Selected> models) {
        return forEach(models, model -> {
            if (copy(model, copier::copy) != ModelCopier.Outcome.ALREADY_THERE) {
                verify(model);
            }
        });
    }

    private void verify(ModelSelection.Selected model) {
        Verdict verdict = look(model, ModelPlace.LOCAL_CACHE);
        if (verdict.status() == Verdict.Status.INCOMPLETE || verdict.status() == Verdict.Status.MISSING) {
            throw new ModelException("The copy of " + name(model) + " does not do: "
                    + verdict.reason() + " Run: "
                    + ModelStore.downloadCommand(
                            model.implementation().id(), model.model().name()));
        }
    }

    /** Copies models, also over what is there, for somebody who checks them after. Returns how many failed. */
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
        terminal.err().println(what + name(model));
        return outcome;
    }

    private interface Action {
        void on(ModelSelection.Selected model);
    }

    private int forEach(List<ModelSelection.Selected> models, Action action) {
        int failed = 0;
        for (ModelSelection.Selected model : models) {
            try {
                action.on(model);
            } catch (TranscriptionCancelledException e) {
                throw e;
            } catch (WhisperSpeedtestException e) {
                failed++;
                errors.print(e, debug);
            }
        }
        return failed;
    }

    private static String name(ModelSelection.Selected model) {
        return model.implementation().id() + " " + model.model().name();
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
