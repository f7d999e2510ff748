package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.HubAccess;
import io.github.whisperspeedtest.model.ModelCatalog;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The model of a benchmark for each of the implementations: which have it, and getting it for the others. */
final class BenchmarkModels {
    private final Terminal terminal;
    private final WhisperSpeedtest library;
    private final String model;
    private List<String> usable = new ArrayList<>();
    private List<ModelSelection.Selected> missing = new ArrayList<>();
    private @Nullable UnknownNameException unknown;

    BenchmarkModels(Terminal terminal, WhisperSpeedtest library, String model) {
        this.terminal = terminal;
        this.library = library;
        this.model = model;
    }

    /** Returns the implementations that are to run. */
    List<String> usable() {
        return List.copyOf(usable);
    }

    /** Returns whether implementations are left out for want of the model. */
    boolean leftAny() {
        return !missing.isEmpty();
    }

    /**
     * Finds out who has the model, and downloads it for the others if that is wanted: by the option, or by a person who is asked.
     *
     * @param named whether the user named the implementations, so that each of them is a row of the report, also without the model
     * @return the exit code of the downloads
     * @throws ModelException if it is missing for all, and not to be downloaded; says how to get it
     * @throws UnknownNameException if none knows such a model
     */
    int complete(List<String> ids, boolean consent, boolean named, boolean debug) {
        look(ids);
        int code = ExitCode.OK;
        List<ModelSelection.Selected> wanted = missing.stream()
                .filter(one -> one.implementation().availability() instanceof Availability.Available)
                .toList();
        if (!wanted.isEmpty() && (consent || isWanted(wanted))) {
            code = new ModelFetcher(terminal, library, HubAccess.currentSettings(), debug).download(wanted);
            look(ids);
        }
        if (usable.isEmpty()) {
            if (missing.isEmpty() && unknown != null) {
                throw unknown;
            }
            if (code == ExitCode.OK && !missing.isEmpty()) {
                throw new ModelException(lacking());
            }
        } else if (named) {
            usable = ids;
            missing = List.of();
        } else if (!missing.isEmpty()) {
            terminal.err().println("warning: implementations are left out. " + lacking());
        }
        return code;
    }

    private void look(List<String> ids) {
        usable = new ArrayList<>();
        missing = new ArrayList<>();
        ModelCatalog catalog = new ModelCatalog(library.home().models());
        ModelStore store = new ModelStore(library.home());
        for (String id : ids) {
            Implementation implementation = library.registry().require(id);
            try {
                store.locate(implementation, model);
                usable.add(id);
            } catch (UnknownNameException e) {
                unknown = unknown == null ? e : unknown;
            } catch (ModelException e) {
                missing.add(new ModelSelection.Selected(implementation, catalog.require(implementation, model)));
            } catch (WhisperSpeedtestException e) {
                // The row of the report says what is wrong.
                usable.add(id);
            }
        }
    }

    private boolean isWanted(List<ModelSelection.Selected> wanted) {
        Prompt prompt = terminal.prompt();
        long bytes =
                wanted.stream().mapToLong(one -> one.model().expectedBytes()).sum();
        return prompt != null
                && prompt.isYes("Model '" + model + "' is not on this machine for " + ids(wanted, ", ") + ". Download "
                        + Megabytes.of(bytes) + " MB?");
    }

    private String lacking() {
        return "Model '" + model + "' is not on this machine, or not all of it, for " + ids(missing, ", ") + ". Run: "
                + ModelStore.downloadCommand(ids(missing, ","), model);
    }

    private static String ids(List<ModelSelection.Selected> models, String separator) {
        return models.stream().map(one -> one.implementation().id()).collect(Collectors.joining(separator));
    }
}
