package io.github.whisperspeedtest.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.benchmark.TerminalText;
import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.microphone.MicrophoneInfo;
import io.github.whisperspeedtest.microphone.Microphones;
import io.github.whisperspeedtest.model.ModelCatalog;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.registry.DiscoveryProblem;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the implementations, and why some cannot run here. */
@Command(
        name = "list",
        description = "List the implementations, their devices and models, and why some cannot run here.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class ListCommand implements Callable<Integer> {
    /** Names of a model in one row. */
    private static final int MAX_NAMES = 3;

    /** The tables have only text. */
    private static final int NO_NUMBERS = Integer.MAX_VALUE;

    /** Index of the column that a narrow table of implementations leaves out. */
    private static final int ENGINE = 1;

    /** Index of the column that a narrow table of models leaves out. */
    private static final int FOR = 3;

    private static final int INDENT = 4;
    private static final int LABEL_COLUMNS = 13;

    private final Terminal terminal;

    @Mixin
    private CommonOptions common;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--json", description = "Print the list as JSON.")
    private boolean json;

    ListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        WhisperSpeedtest library = common.library();
        ModelCatalog catalog = library.models().catalog();
        Map<Implementation, Availability> all = new LinkedHashMap<>();
        library.implementations().forEach(found -> all.put(found, found.availability()));
        List<DiscoveryProblem> problems = library.registry().problems();
        if (json) {
            terminal.out().println(toJson(all, problems, library.home().models(), catalog));
        } else {
            print(all, problems, library.models());
        }
        return ExitCode.OK;
    }

    private void print(Map<Implementation, Availability> all, List<DiscoveryProblem> problems, ModelStore models) {
        PrintWriter out = terminal.out();
        out.println("Available:");
        TextTable table = new TextTable(List.of("  Implementation", "Engine", "Device", "Models here"), NO_NUMBERS);
        Map<String, String> notes = new LinkedHashMap<>();
        for (Map.Entry<Implementation, Availability> entry : all.entrySet()) {
            if (entry.getValue() instanceof Availability.Available available) {
                Implementation implementation = entry.getKey();
                DeviceText device = DeviceText.of(available);
                table.add(
                        "  " + implementation.id(),
                        available.runtime(),
                        device.device(),
                        shortened(models.installed(implementation).stream()
                                .map(ModelInfo::name)
                                .toList()));
                if (!device.note().isEmpty()) {
                    notes.put(implementation.id(), device.note());
                }
            }
        }
        boolean none = all.values().stream().noneMatch(Availability.Available.class::isInstance);
        if (none) {
            out.println(all.isEmpty() ? "  none; put the jar of a backend into plugins/" : "  none");
        } else {
            table.lines(terminal.lineColumns(), ENGINE).forEach(out::println);
            notes.forEach((id, note) -> {
                out.println();
                out.println(TerminalText.wrap("  " + id + ": " + note, terminal.lineColumns(), INDENT));
            });
            out.println();
            out.println("All models: whisper-speedtest list models");
        }
        long unavailable = all.values().stream()
                .filter(Availability.Unavailable.class::isInstance)
                .count();
        if (unavailable + problems.size() > 0) {
            out.println();
            out.println("Unavailable:");
            for (Map.Entry<Implementation, Availability> entry : all.entrySet()) {
                if (entry.getValue() instanceof Availability.Unavailable missing) {
                    out.println(
                            "  " + entry.getKey().id() + " " + entry.getKey().version());
                    printWhy(missing.problem());
                }
            }
            for (DiscoveryProblem problem : problems) {
                out.println("  " + problem.subject());
                printWhy(problem.problem());
            }
        }
    }

    private void printWhy(Problem problem) {
        field("reason", problem.reason());
        field("remedy", problem.remedy());
    }

    private void field(String label, String text) {
        String start = TerminalText.pad("    " + label + ":", LABEL_COLUMNS);
        terminal.out().println(TerminalText.wrap(start + text, terminal.lineColumns(), LABEL_COLUMNS - INDENT));
    }

    private static String shortened(List<String> names) {
        String shown = names.stream().limit(MAX_NAMES).collect(Collectors.joining(", "));
        return names.size() > MAX_NAMES ? shown + " +" + (names.size() - MAX_NAMES) : shown;
    }

    @Command(
            name = "models",
            description = "List the models that can be named, their sizes and languages, and where they are installed.",
            mixinStandardHelpOptions = true,
            versionProvider = VersionProvider.class,
            footer = {"", "Any repository of the Hugging Face hub (owner/name), file or directory can be", "named, too."
            })
    int models(@Mixin CommonOptions options) {
        WhisperSpeedtest library = options.library();
        Map<String, NamedModel> models = new LinkedHashMap<>();
        for (Implementation implementation : library.implementations()) {
            for (ModelInfo model : library.models().catalog().allModels(implementation)) {
                boolean here = library.models().isInstalled(implementation, model);
                models.merge(model.name(), NamedModel.of(implementation.id(), model, here), NamedModel::mergedWith);
            }
        }
        TextTable table = new TextTable(List.of("Model", "Languages", "Size", "For", "Here"), NO_NUMBERS);
        models.forEach((name, model) -> table.add(
                name,
                model.languages(name),
                model.size(),
                ids(model.implementations(), library),
                ids(model.here(), library)));
        table.lines(terminal.lineColumns(), FOR).forEach(terminal.out()::println);
        return ExitCode.OK;
    }

    @Command(
            name = "microphones",
            description = "List the microphones that --record can use.",
            mixinStandardHelpOptions = true,
            versionProvider = VersionProvider.class)
    int microphones(@Option(names = "--json", description = "Print the list as JSON.") boolean asJson)
            throws JsonProcessingException {
        List<MicrophoneInfo> found = Microphones.list();
        if (asJson) {
            terminal.out()
                    .println(JsonMapper.builder()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .build()
                            .writeValueAsString(Map.of("microphones", found)));
            return ExitCode.OK;
        }
        if (found.isEmpty()) {
            Microphones.open(null).close();
        }
        TextTable table = new TextTable(List.of("Microphone", "Description"), NO_NUMBERS);
        found.forEach(one -> table.add(one.name(), one.description()));
        table.lines(terminal.lineColumns(), NO_NUMBERS).forEach(terminal.out()::println);
        return ExitCode.OK;
    }

    private static String ids(List<String> ids, WhisperSpeedtest library) {
        boolean all = ids.size() > 1 && ids.size() == library.implementations().size();
        return all ? "all" : String.join(",", ids);
    }

    /**
     * A model name over all implementations.
     *
     * @param implementations ids of the implementations that know it
     * @param here ids of those that have it on this machine
     * @param smallest size of its smallest files in bytes, 0 if unknown
     * @param largest size of its largest files in bytes
     * @param isBuiltIn whether it needs no download
     */
    private record NamedModel(
            List<String> implementations, List<String> here, long smallest, long largest, boolean isBuiltIn) {
        static NamedModel of(String implementation, ModelInfo model, boolean here) {
            return new NamedModel(
                    List.of(implementation),
                    here ? List.of(implementation) : List.of(),
                    model.expectedBytes(),
                    model.expectedBytes(),
                    model.sources().get(0).isEmbedded());
        }

        NamedModel mergedWith(NamedModel other) {
            return new NamedModel(
                    concat(implementations, other.implementations),
                    concat(here, other.here),
                    Math.min(smallest, other.smallest),
                    Math.max(largest, other.largest),
                    isBuiltIn);
        }

        private static List<String> concat(List<String> first, List<String> second) {
            return Stream.concat(first.stream(), second.stream()).toList();
        }

        String languages(String name) {
            if (isBuiltIn) {
                return "English, German";
            }
            boolean english = name.contains(".en") || name.startsWith("distil-large");
            return english ? "English" : "multilingual";
        }

        String size() {
            if (largest == 0) {
                return isBuiltIn ? "built in" : "";
            }
            String most = ByteSize.of(largest);
            return smallest == largest ? most : ByteSize.of(smallest) + "-" + most;
        }
    }

    private static String toJson(
            Map<Implementation, Availability> all, List<DiscoveryProblem> problems, Path models, ModelCatalog catalog)
            throws JsonProcessingException {
        ObjectMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        ObjectNode root = mapper.createObjectNode();
        root.put("models_directory", models.toString());
        ArrayNode implementations = root.putArray("implementations");
        all.forEach((implementation, availability) -> {
            ObjectNode node = implementations.addObject();
            node.put("id", implementation.id());
            node.put("version", implementation.version());
            if (availability instanceof Availability.Available available) {
                node.put("available", true);
                node.put("runtime", available.runtime());
                node.put("device", available.device());
                node.put("fallback", available.fallback());
                node.put("note", available.note().isEmpty() ? null : available.note());
            } else if (availability instanceof Availability.Unavailable missing) {
                node.put("available", false);
                node.put("reason", missing.reason());
                node.put("remedy", missing.remedy());
            }
            ArrayNode names = node.putArray("models");
            catalog.models(implementation).forEach(model -> names.add(model.name()));
            node.set("capabilities", CapabilitiesJson.of(implementation.capabilities()));
        });
        ArrayNode broken = root.putArray("broken_providers");
        for (DiscoveryProblem problem : problems) {
            ObjectNode node = broken.addObject();
            node.put("provider", problem.provider());
            node.put("location", problem.location());
            node.put("reason", problem.problem().reason());
            node.put("remedy", problem.problem().remedy());
        }
        return mapper.writeValueAsString(root);
    }
}
