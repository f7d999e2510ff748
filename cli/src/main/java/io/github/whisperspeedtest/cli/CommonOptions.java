package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.model.AdoptedDirectories;
import io.github.whisperspeedtest.model.HubAccess;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Options of every command. */
final class CommonOptions {
    @OptionGroup.In(OptionGroup.MODELS)
    @Option(
            names = "--models-dir",
            paramLabel = "DIR",
            description =
                    "Directory of models (default: " + ToolHome.MODELS_VARIABLE
                            + ", otherwise models/ in the tool home); repeatable, models are found in all and written to the first.")
    private List<Path> modelsDirectories = new ArrayList<>();

    @OptionGroup.In(OptionGroup.MODELS)
    @Option(names = "--offline", description = "Make no network request (also: HF_HUB_OFFLINE=1).")
    private boolean offline;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--verbose", description = "Print more details, such as paths and the log.")
    private boolean verbose;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--debug", description = "Log everything, including native libraries, and print stack traces.")
    private boolean debug;

    CommonOptions() {}

    boolean verbose() {
        return verbose || debug;
    }

    boolean debug() {
        return debug;
    }

    /** Returns the arguments for these options, for a command that runs another one. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        modelsDirectories.forEach(directory -> arguments.addAll(List.of("--models-dir", directory.toString())));
        if (offline) {
            arguments.add("--offline");
        }
        if (debug) {
            arguments.add("--debug");
        }
        return arguments;
    }

    /** Returns the library, configured by the options. */
    WhisperSpeedtest library() {
        return WhisperSpeedtest.builder()
                .settings(Settings.ofProcess().withProperties(properties()))
                .build();
    }

    /** Returns the options as system properties of the library. */
    Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        if (!modelsDirectories.isEmpty()) {
            properties.put(
                    ToolHome.MODELS_PROPERTY,
                    modelsDirectories.get(0).toAbsolutePath().toString());
            properties.put(
                    AdoptedDirectories.PROPERTY,
                    modelsDirectories.stream()
                            .skip(1)
                            .map(directory -> directory.toAbsolutePath().toString())
                            .collect(Collectors.joining(File.pathSeparator)));
        }
        if (offline) {
            properties.put(HubAccess.OFFLINE_PROPERTY, "true");
        }
        return properties;
    }
}
