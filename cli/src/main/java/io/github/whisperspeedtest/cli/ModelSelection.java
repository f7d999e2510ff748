package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.model.ModelCatalog;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The models and implementations that a command applies to. */
final class ModelSelection {
    private static final String ALL = "all";

    @Option(
            names = {"-m", "--model"},
            order = 1,
            paramLabel = "MODEL",
            split = ",",
            defaultValue = EmbeddedModel.NAME,
            description = "Models, such as tiny,base,small, or all (default: ${DEFAULT-VALUE}).")
    private List<String> models = new ArrayList<>();

    @Option(
            names = {"-i", "--implementations"},
            order = 2,
            paramLabel = "ID",
            split = ",",
            description = "Implementations, separated by commas (default: all).")
    private List<String> implementations = new ArrayList<>();

    ModelSelection() {}

    /**
     * Returns the selected models, by implementation.
     *
     * @throws UnknownNameException if an implementation or a model is unknown
     */
    List<ResolvedModel> resolve(WhisperSpeedtest library) {
        List<Implementation> chosen = implementations.isEmpty()
                ? library.implementations()
                : implementations.stream()
                        .map(String::strip)
                        .distinct()
                        .map(library.registry()::require)
                        .toList();
        ModelStore store = library.models();
        List<ResolvedModel> selected = new ArrayList<>();
        for (Implementation implementation : chosen) {
            if (models.contains(ALL)) {
                store.catalog()
                        .models(implementation)
                        .forEach(model -> selected.add(store.resolve(implementation, model)));
                continue;
            }
            for (String wanted : models.stream().map(String::strip).distinct().toList()) {
                find(store.catalog(), implementation, wanted)
                        .ifPresent(model -> selected.add(store.resolve(implementation, model)));
            }
        }
        for (String wanted : models) {
            boolean known = wanted.equals(ALL)
                    || selected.stream().anyMatch(one -> one.name().equals(wanted.strip()));
            if (!known) {
                chosen.forEach(implementation -> store.catalog().require(implementation, wanted.strip()));
                throw new UnknownNameException("Unknown model '" + wanted + "': there is no implementation.");
            }
        }
        return selected;
    }

    private static Optional<ModelInfo> find(ModelCatalog catalog, Implementation implementation, String name) {
        try {
            return Optional.of(catalog.require(implementation, name));
        } catch (UnknownNameException e) {
            return Optional.empty();
        }
    }
}
