package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.convert.ModelConverter;
import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnreachableHostException;
import io.github.whisperspeedtest.error.UnsupportedModelException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.DownloadProgress;
import io.github.whisperspeedtest.model.ModelCopier;
import io.github.whisperspeedtest.model.ModelInstaller;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.verify.ModelVerifier;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.VerifyLevel;
import io.github.whisperspeedtest.verify.VerifyOptions;
import io.github.whisperspeedtest.verify.VerifyRequest;
import java.nio.file.Path;
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

/** Downloads and copies models, and shows the progress on standard error. */
final class ModelFetcher {
    private final Terminal terminal;
    private final ErrorPrinter errors;
    private final ModelInstaller installer;
    private final ModelCopier copier;
    private final ModelStore store;
    private final ModelVerifier verifier;
    private final ModelConverter converter;
    private final Path directory;
    private final boolean offline;
    private final boolean debug;

    /** Companions whose download failed; it would fail again for the next model. */
    private final Set<String> failedCompanions = new HashSet<>();

    ModelFetcher(Terminal terminal, WhisperSpeedtest library, boolean debug) {
        this.terminal = terminal;
        this.errors = new ErrorPrinter(terminal);
        this.installer = library.installer();
        this.copier = library.copier();
        this.store = library.models();
        this.verifier = library.verifier();
        this.converter = library.converter();
        this.directory = library.home().models();
        this.offline = library.hub().offline();
        this.debug = debug;
    }

    /** Returns whether requests are forbidden. */
    boolean isOffline() {
        return offline;
    }

    /** Finds a model, downloads it if it is missing, and converts it, as far as the options allow. */
    ResolvedModel ensure(Implementation implementation, String model, EngineOptions options) {
        return options.convert()
                ? ensureConverted(implementation, model, options.download())
                : ensure(implementation, model, options.download());
    }

    /**
     * Finds a model, and downloads it if it is missing, with the consent of the option or the user.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if it is missing and not downloaded; names the command that does
     */
    ResolvedModel ensure(Implementation implementation, String model, boolean consent) {
        return ensure(store.resolve(implementation, model), consent);
    }

    /**
     * Finds a model as {@link #ensure(Implementation, String, boolean)} does, and converts it if the implementation cannot
     * load its format.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if it is missing and not downloaded; names the command that does
     */
    ResolvedModel ensureConverted(Implementation implementation, String model, boolean consent) {
        try {
            return ensure(implementation, model, consent);
        } catch (UnsupportedModelException e) {
            ResolvedModel source = ensure(converter.sourceFor(implementation, model), consent);
            try (ProgressLine progress = new ProgressLine(terminal)) {
                return converter.convertFor(
                        implementation,
                        source,
                        step -> progress.show(
                                switch (step) {
                                    case READ -> "reading " + model;
                                    case WRITE -> "converting " + model + " for " + implementation.id();
                                    case LOAD -> "loading the model with " + implementation.id();
                                }));
            }
        }
    }

    private ResolvedModel ensure(ResolvedModel selected, boolean consent) {
        if (selected.isGenerated()) {
            return selected;
        }
        try {
            store.prepare(selected);
            return selected;
        } catch (ModelException e) {
            Prompt prompt = consent ? null : terminal.prompt();
            if (!consent && prompt == null) {
                throw e;
            }
            if (prompt != null && !consents(prompt, selected)) {
                throw e;
            }
            install(selected);
            try {
                completeCompanions(selected);
            } catch (DownloadException failure) {
                terminal.err().println("warning: " + failure.getMessage());
            }
            return store.resolve(selected.implementation(), selected.info());
        }
    }

    private boolean consents(Prompt prompt, ResolvedModel selected) {
        DownloadSize size = DownloadSize.of(List.of(selected.info()));
        size.shortage(FreeSpace.at(directory)).ifPresent(terminal.err()::println);
        return prompt.isYes("Model '" + selected.name() + "' is not installed for "
                + selected.implementation().id() + ". Download it (" + size.describe() + ")?");
    }

    /**
     * Downloads models that are missing or do not load, and their companions. A failure does not stop the others.
     *
     * @return the exit code for all of them
     */
    int download(List<ResolvedModel> models) {
        return forEach(models, model -> {
            Verdict local = look(model, ModelPlace.LOCAL_CACHE);
            boolean elsewhere = local.status() == Verdict.Status.NOT_APPLICABLE;
            boolean cached = look(model, ModelPlace.HUB_CACHE).isComplete();
            if (local.isComplete() || elsewhere && cached) {
                terminal.err().println("already installed: " + model.label());
            } else if (cached) {
                copy(model, copier::replace);
                verify(model);
            } else {
                install(model);
            }
            completeCompanions(model);
        });
    }

    private Verdict look(ResolvedModel model, ModelPlace place) {
        return verifier.verify(
                new VerifyRequest(model.implementation(), model.info(), place), VerifyOptions.defaults());
    }

    /** Checks without loading. */
    private Verdict glance(ResolvedModel model, ModelPlace place) {
        VerifyOptions options = VerifyOptions.defaults().withLevel(VerifyLevel.CACHE_CHECK);
        return verifier.verify(new VerifyRequest(model.implementation(), model.info(), place), options);
    }

    private void install(ResolvedModel model) {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            String installed = installer
                    .installAlone(model.implementation(), model.info(), new Listener(progress, model.label()))
                    .name();
            progress.clear();
            terminal.err()
                    .println((isPublished(model) ? "downloaded " : "written ")
                            + model.label()
                            + (installed.equals(model.info().name()) ? "" : " (" + installed + " instead)"));
        }
    }

    /**
     * Downloads the companions of a model; one that the hub does not offer is a warning.
     *
     * @throws DownloadException if the network or the disk fails, the first time
     */
    private void completeCompanions(ResolvedModel model) {
        for (ModelInfo companion : model.info().companions()) {
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
                // The hub does not offer it, so a retry would not help; the model works without it.
                terminal.err()
                        .println("warning: " + model.label() + " works without " + companion.name() + ": "
                                + e.getMessage());
            }
        }
    }

    /**
     * Copies models from the default cache to where their implementations look, and loads the copies.
     *
     * @return the exit code for all of them
     */
    int copy(List<ResolvedModel> models) {
        return forEach(models, model -> {
            boolean inPlace = glance(model, ModelPlace.LOCAL_CACHE).status() == Verdict.Status.NOT_APPLICABLE
                    && glance(model, ModelPlace.HUB_CACHE).isComplete();
            if (!isPublished(model) || inPlace) {
                terminal.err().println("no copy needed: " + model.label());
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

    /** Returns whether a model comes from a server; others are written on this machine. */
    private static boolean isPublished(ResolvedModel model) {
        return model.info().sources().stream().anyMatch(ModelSource::isPublished);
    }

    private static String downloadCommand(ResolvedModel model) {
        return ModelStore.downloadCommand(
                model.implementation().id(), model.info().name());
    }

    private void verify(ResolvedModel model) {
        Verdict verdict = look(model, ModelPlace.LOCAL_CACHE);
        if (verdict.status() == Verdict.Status.INCOMPLETE || verdict.status() == Verdict.Status.MISSING) {
            throw new ModelException(model.label() + " was copied but does not load: " + verdict.reason() + " Run: "
                    + downloadCommand(model));
        }
    }

    /**
     * Copies models over existing files; the caller checks them afterwards.
     *
     * @return the exit code for all of them
     */
    int replace(List<ResolvedModel> models) {
        return forEach(models, model -> copy(model, copier::replace));
    }

    private ModelCopier.Outcome copy(ResolvedModel model, Function<ModelInfo, ModelCopier.Outcome> copying) {
        ModelCopier.Outcome outcome = copying.apply(model.info());
        String what = switch (outcome) {
            case ALREADY_THERE -> "already installed: ";
            case LINKED -> "copied as hard links: ";
            case COPIED -> "copied: ";
        };
        terminal.err().println(what + model.label());
        return outcome;
    }

    private interface Action {
        void on(ResolvedModel model);
    }

    /** Returns the exit code, that of the cause where all failed for the same one. */
    private int forEach(List<ResolvedModel> models, Action action) {
        List<Integer> codes = new ArrayList<>();
        Map<UnreachableHostException, List<String>> alsoUnreachable = new LinkedHashMap<>();
        for (ResolvedModel model : models) {
            try {
                action.on(model);
                codes.add(ExitCode.OK);
            } catch (OperationCancelledException e) {
                throw e;
            } catch (UnreachableHostException e) {
                // Report one failure for all models of that server.
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
                        .println("not downloaded for the same reason (" + failure.host() + "): "
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
                    "%s: %s of %s, %.1f MB/s%s; %s",
                    name,
                    ByteSize.of(state.bytes()),
                    state.totalBytes() < 0 ? "?" : ByteSize.of(state.totalBytes()),
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
