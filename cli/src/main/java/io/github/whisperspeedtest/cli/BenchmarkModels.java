package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.UnsupportedModelException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the implementations that have the model of a benchmark, and downloads it for the others. */
final class BenchmarkModels {
    private final Terminal terminal;
    private final WhisperSpeedtest library;
    private final String model;
    private List<String> usable = new ArrayList<>();
    private List<ResolvedModel> missing = new ArrayList<>();
    private @Nullable WhisperSpeedtestException unknown;
    private List<Implementation> unfit = new ArrayList<>();
    private final Map<String, ModelFiles> converted = new LinkedHashMap<>();

    BenchmarkModels(Terminal terminal, WhisperSpeedtest library, String model) {
        this.terminal = terminal;
        this.library = library;
        this.model = model;
    }

    /** Returns the implementations to run. */
    List<String> usable() {
        return List.copyOf(usable);
    }

    /** Returns the files of the implementations for which the model was converted. */
    Map<String, ModelFiles> converted() {
        return Map.copyOf(converted);
    }

    /** Returns whether implementations are skipped because their model is missing. */
    boolean leftAny() {
        return !missing.isEmpty();
    }

    /**
     * Finds the implementations that have the model, and downloads it for the others with the consent of the option or the user.
     *
     * @param convert whether to convert the model for implementations that cannot load its format
     * @param named whether the user named the implementations; then each is a row of the report, even without the model
     * @return the exit code of the downloads
     * @throws ModelException if it is missing for all and not downloaded; names the command that does
     * @throws UnknownNameException if no implementation knows the model
     * @throws UnsupportedModelException if no implementation can load the format of the model
     */
    int complete(List<String> ids, boolean consent, boolean convert, boolean named, boolean debug) {
        look(ids);
        int code = ExitCode.OK;
        List<ResolvedModel> wanted = missing.stream()
                .filter(one -> one.implementation().availability() instanceof Availability.Available)
                .toList();
        if (!wanted.isEmpty() && (consent || isWanted(wanted))) {
            code = new ModelFetcher(terminal, library, debug).download(wanted);
            look(ids);
        }
        if (convert) {
            convert(ids, consent, debug);
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
            terminal.err().println("warning: some implementations are skipped. " + lacking());
        }
        if (!named && !convert && !usable.isEmpty() && !unfit.isEmpty()) {
            terminal.err()
                    .println("note: " + model + " is not in the format of "
                            + unfit.stream().map(Implementation::id).collect(Collectors.joining(", "))
                            + "; add --convert to compare them");
        }
        return code;
    }

    private void convert(List<String> ids, boolean consent, boolean debug) {
        ModelFetcher fetcher = new ModelFetcher(terminal, library, debug);
        for (Implementation implementation : unfit) {
            if (implementation.availability() instanceof Availability.Unavailable) {
                continue;
            }
            try {
                ModelFiles files = library.models().prepare(fetcher.ensureConverted(implementation, model, consent));
                converted.put(implementation.id(), new ModelFiles(model + " (converted)", files.byName()));
                usable.add(implementation.id());
            } catch (OperationCancelledException e) {
                throw e;
            } catch (WhisperSpeedtestException e) {
                terminal.err().println("warning: " + implementation.id() + " is skipped. " + e.getMessage());
            }
        }
        List<String> able = usable;
        usable = ids.stream().filter(able::contains).collect(Collectors.toCollection(ArrayList::new));
    }

    private void look(List<String> ids) {
        usable = new ArrayList<>();
        missing = new ArrayList<>();
        unfit = new ArrayList<>();
        ModelStore store = library.models();
        for (String id : ids) {
            Implementation implementation = library.registry().require(id);
            try {
                ResolvedModel found = store.resolve(implementation, model);
                if (found.isPresent() || found.isGenerated()) {
                    usable.add(id);
                } else {
                    missing.add(found);
                }
            } catch (UnknownNameException e) {
                unknown = unknown == null ? e : unknown;
            } catch (UnsupportedModelException e) {
                unknown = unknown == null ? e : unknown;
                unfit.add(implementation);
            } catch (DownloadException e) {
                // The others would fail in the same way.
                throw e;
            } catch (WhisperSpeedtestException e) {
                // The report shows the failure.
                usable.add(id);
            }
        }
    }

    private boolean isWanted(List<ResolvedModel> wanted) {
        Prompt prompt = terminal.prompt();
        if (prompt == null) {
            return false;
        }
        DownloadSize size =
                DownloadSize.of(wanted.stream().map(ResolvedModel::info).toList());
        size.shortage(FreeSpace.at(library.home().models())).ifPresent(terminal.err()::println);
        return prompt.isYes("Model '" + model + "' is not installed for " + ids(wanted, ", ") + ". Download it ("
                + size.describe() + ")?");
    }

    private String lacking() {
        return "Model '" + model + "' is missing or incomplete for " + ids(missing, ", ") + ". Run: "
                + ModelStore.downloadCommand(ids(missing, ","), model);
    }

    private static String ids(List<ResolvedModel> models, String separator) {
        return models.stream().map(one -> one.implementation().id()).collect(Collectors.joining(separator));
    }
}
