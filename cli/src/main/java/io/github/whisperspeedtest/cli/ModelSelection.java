package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.Implementation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The models and implementations that a command applies to. */
final class ModelSelection {
    private static final String ALL = "all";

    @Option(
            names = {"-m", "--model"},
            order = 1,
            paramLabel = "MODEL",
            completionCandidates = Completions.Models.class,
            split = ",",
            defaultValue = EmbeddedModel.NAME,
            description =
                    "Models, such as tiny,base; repositories of the hub, such as owner/name; paths; or all (default:"
                            + " ${DEFAULT-VALUE}).")
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
     * @throws UnknownNameException if an implementation is unknown, or no implementation knows a model
     * @throws io.github.whisperspeedtest.error.UnsupportedModelException if no implementation can load a model
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if a repository is not on the hub, or the hub
     *     cannot be reached
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
        for (String wanted : models.stream().map(String::strip).distinct().toList()) {
            if (wanted.equals(ALL)) {
                chosen.forEach(implementation -> store.catalog()
                        .models(implementation)
                        .forEach(model -> selected.add(store.resolve(implementation, model))));
            } else if (chosen.isEmpty()) {
                throw new UnknownNameException("Unknown model '" + wanted + "': there is no implementation.");
            } else {
                selected.addAll(store.resolve(chosen, wanted));
            }
        }
        // The same model may be selected by its name and by all.
        List<ResolvedModel> distinct = new ArrayList<>();
        Set<String> labels = new HashSet<>();
        selected.stream().filter(model -> labels.add(model.label())).forEach(distinct::add);
        List<String> order = chosen.stream().map(Implementation::id).toList();
        distinct.sort(Comparator.comparingInt(
                model -> order.indexOf(model.implementation().id())));
        return distinct;
    }
}
