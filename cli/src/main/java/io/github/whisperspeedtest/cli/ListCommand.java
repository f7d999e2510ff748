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
import io.github.whisperspeedtest.model.ModelCatalog;
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
            print(all, problems, catalog);
        }
        return ExitCode.OK;
    }

    private void print(Map<Implementation, Availability> all, List<DiscoveryProblem> problems, ModelCatalog catalog) {
        PrintWriter out = terminal.out();
        out.println("Available:");
        boolean none = true;
        for (Map.Entry<Implementation, Availability> entry : all.entrySet()) {
            if (entry.getValue() instanceof Availability.Available available) {
                Implementation implementation = entry.getKey();
                out.println("  " + implementation.id() + " " + implementation.version());
                field("runtime", available.runtime());
                DeviceText device = DeviceText.of(available);
                field("device", device.device());
                if (!device.note().isEmpty()) {
                    field("note", device.note());
                }
                field("models", names(catalog.models(implementation)));
                none = false;
            }
        }
        if (none) {
            out.println(all.isEmpty() ? "  none; put the jar of a backend into plugins/" : "  none");
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

    private static String names(List<ModelInfo> models) {
        return models.stream().map(ModelInfo::name).collect(Collectors.joining(", "));
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
