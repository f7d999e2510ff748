package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.spi.LoadOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which model, and what it is to run on. */
final class EngineOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            defaultValue = EmbeddedModel.NAME,
            description =
                    "Model: ${DEFAULT-VALUE} (a built-in demo), tiny, base, small, medium, large, ..., random-tiny, ... (random "
                            + "weights, for speed alone), or the path of a model file.")
    private String model;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = LoadOptions.AUTO,
            description =
                    "Where to compute: auto, cpu, gpu, or what the implementation offers (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--compute-type",
            paramLabel = "TYPE",
            defaultValue = LoadOptions.AUTO,
            description = "Type of the arithmetic, such as int8 (default: ${DEFAULT-VALUE}, the model's own).")
    private String computeType;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Threads to compute with (default: one per processor, at most 8).")
    private int threads = LoadOptions.defaultThreads();

    @Option(
            names = "--engine-option",
            paramLabel = "KEY=VALUE",
            description = "Option of one engine, repeatable, such as dump-graph=DIR; list --json shows them all.")
    private Map<String, String> engineOptions = new LinkedHashMap<>();

    @Option(names = "--download", description = "Download the model first if it is not there.")
    private boolean download;

    EngineOptions() {}

    boolean download() {
        return download;
    }

    String model() {
        return model;
    }

    LoadOptions loadOptions() {
        try {
            return new LoadOptions(device, computeType, threads, engineOptions);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
