package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.LoadOptions;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The model and the device that runs it. */
final class EngineOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-m", "--model"},
            order = 1,
            paramLabel = "MODEL",
            completionCandidates = Completions.Models.class,
            defaultValue = EmbeddedModel.NAME,
            description =
                    "Models, such as tiny,base,turbo (see 'list models'); a repository of the hub, such as owner/name; a path;"
                            + " random-tiny, ... (random weights, to measure speed); or ${DEFAULT-VALUE}, a built-in demo"
                            + " (default: ${DEFAULT-VALUE}).")
    private List<String> models = new ArrayList<>();

    @OptionGroup.In(OptionGroup.ENGINE)
    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = LoadOptions.AUTO,
            description = "Device: auto, cpu, gpu or another of the implementation's (default: ${DEFAULT-VALUE}).")
    private String device;

    @OptionGroup.In(OptionGroup.ENGINE)
    @Option(
            names = "--compute-type",
            paramLabel = "TYPE",
            split = ",",
            defaultValue = LoadOptions.AUTO,
            description = "Compute type, such as int8; several for a benchmark (default: ${DEFAULT-VALUE}).")
    private List<String> computeTypes = new ArrayList<>();

    @OptionGroup.In(OptionGroup.ENGINE)
    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            split = ",",
            description = "Number of threads; several for a benchmark (default: one per processor, at most 8).")
    private List<Integer> threads = new ArrayList<>();

    @OptionGroup.In(OptionGroup.ENGINE)
    @Option(
            names = "--engine-option",
            paramLabel = "KEY=VALUE",
            description =
                    "Option of one engine, repeatable, such as dump-graph=DIR; list --json shows them all. benchmark measures each"
                            + " value of a repeated key.")
    private List<String> engineOptions = new ArrayList<>();

    @OptionGroup.In(OptionGroup.MODELS)
    @Option(names = "--download", order = 1, description = "Download the model if it is missing.")
    private boolean download;

    @OptionGroup.In(OptionGroup.MODELS)
    @Option(
            names = "--convert",
            order = 2,
            description = "Convert the model for an implementation that cannot load its format; the result is kept.")
    private boolean convert;

    EngineOptions() {}

    boolean convert() {
        return convert;
    }

    boolean download() {
        return download;
    }

    /** Returns whether the user chose the number of threads. */
    boolean hasThreads() {
        return !threads.isEmpty();
    }

    /** Returns the models, each once. A path may contain commas. */
    List<String> models() {
        return models.stream()
                .flatMap(text -> isPath(text) ? Stream.of(text) : Stream.of(text.split(",")))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    private static boolean isPath(String text) {
        try {
            return Files.exists(Settings.ofProcess().paths().expand(text));
        } catch (WhisperSpeedtestException e) {
            return false;
        }
    }

    /** Returns a model as a part of a file name. */
    static String inFileName(String model) {
        return model.replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^[.-]+", "");
    }

    /**
     * Returns the options.
     *
     * @throws ParameterException if there are several compute types or numbers of threads
     */
    LoadOptions loadOptions() {
        List<LoadOptions> variants = loadVariants();
        if (variants.size() > 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Only benchmark takes several values of --compute-type, --threads and one --engine-option");
        }
        return variants.get(0);
    }

    /** Returns the options for each combination of compute type, number of threads and values of engine options. */
    List<LoadOptions> loadVariants() {
        List<Integer> numbers = threads.isEmpty() ? List.of(LoadOptions.defaultThreads()) : threads;
        List<Map<String, String>> engineVariants = engineVariants();
        try {
            return computeTypes.stream()
                    .distinct()
                    .flatMap(type -> numbers.stream()
                            .distinct()
                            .flatMap(number -> engineVariants.stream()
                                    .map(values -> new LoadOptions(device, type.strip(), number, values))))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private List<Map<String, String>> engineVariants() {
        Map<String, Set<String>> values = new LinkedHashMap<>();
        for (String option : engineOptions) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                throw new ParameterException(
                        spec.commandLine(), "--engine-option must be KEY=VALUE, but is '" + option + "'");
            }
            values.computeIfAbsent(option.substring(0, equals), unused -> new LinkedHashSet<>())
                    .add(option.substring(equals + 1));
        }
        List<Map<String, String>> variants = List.of(Map.of());
        for (Map.Entry<String, Set<String>> entry : values.entrySet()) {
            variants = variants.stream()
                    .flatMap(variant -> entry.getValue().stream().map(value -> {
                        Map<String, String> more = new LinkedHashMap<>(variant);
                        more.put(entry.getKey(), value);
                        return more;
                    }))
                    .toList();
        }
        return variants;
    }
}
