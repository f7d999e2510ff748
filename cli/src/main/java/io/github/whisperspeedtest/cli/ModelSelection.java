package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which models of which implementations a command is about. */
final class ModelSelection {
    private static final String ALL = "all";

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            split = ",",
            defaultValue = EmbeddedModel.NAME,
            description = "Models such as tiny,base,small; all for all that are known (default: ${DEFAULT-VALUE}).")
    private List<String> models = new ArrayList<>();

    @Option(
            names = {"-i", "--implementations"},
            paramLabel = "ID",
            split = ",",
            description = "Implementations (default: all on the class path).")
    private List<String> implementations = new ArrayList<>();

    ModelSelection() {}

    /**
     * One model of one implementation.
     *
     * @param implementation the implementation
     * @param model what it knows of the model
     */
    record Selected(Implementation implementation, ModelInfo model) {}

    /**
     * Returns what was asked for, by implementation.
     *
     * @throws UnknownNameException if an implementation is not there, or none of them knows one of the models
     */
    List<Selected> resolve(WhisperSpeedtest library) {
        List<Implementation> chosen = implementations.isEmpty()
                ? library.implementations()
                : implementations.stream()
                        .map(String::strip)
                        .distinct()
                        .map(library.registry()::require)
                        .toList();
        Path directory = library.home().models();
        List<Selected> selected = new ArrayList<>();
        for (Implementation implementation : chosen) {
            List<ModelInfo> known = implementation.models(directory);
            if (models.contains(ALL)) {
                known.forEach(model -> selected.add(new Selected(implementation, model)));
                continue;
            }
            for (String wanted : models.stream().map(String::strip).distinct().toList()) {
                known.stream()
                        .filter(model -> model.name().equals(wanted))
                        .forEach(model -> selected.add(new Selected(implementation, model)));
            }
        }
        for (String wanted : models) {
            boolean known = wanted.equals(ALL)
                    || selected.stream().anyMatch(one -> one.model().name().equals(wanted.strip()));
            if (!known) {
                chosen.forEach(implementation -> implementation.modelInfo(wanted.strip(), directory));
                throw new UnknownNameException(
                        "There is no implementation that could know the model '" + wanted + "'.");
            }
        }
        return selected;
    }
}
