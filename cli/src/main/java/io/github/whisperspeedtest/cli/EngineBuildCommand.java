package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.spi.BuiltEngine;
import io.github.whisperspeedtest.spi.EngineBuildListener;
import io.github.whisperspeedtest.spi.EngineBuildRequest;
import io.github.whisperspeedtest.spi.EngineBuilder;
import io.github.whisperspeedtest.spi.Implementation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Builds the engine of an implementation. */
@Command(
        name = "build",
        description = "Build an engine for this machine from source code that you have, with your compiler. Downloads"
                + " nothing.",
        customSynopsis = "whisper-speedtest engine build IMPLEMENTATION --source DIR [OPTIONS]",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest engine build whispercpp --source ~/whisper.cpp",
            "  whisper-speedtest engine build whispercpp --source ~/whisper.cpp \\",
            "      --cmake-option -DGGML_CUDA=ON"
        })
final class EngineBuildCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Parameters(
            paramLabel = "IMPLEMENTATION",
            completionCandidates = Completions.EngineBuilders.class,
            description = "Implementation whose engine to build, such as whispercpp.")
    private String implementation;

    @Option(
            names = "--source",
            paramLabel = "DIR",
            required = true,
            description = "Directory with the source code, such as a clone of whisper.cpp 1.7.1 or later.")
    private Path source;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Number of files to compile at the same time (default: the number of cores).")
    private @Nullable Integer jobs;

    @Option(
            names = "--cmake-option",
            paramLabel = "-DNAME=VALUE",
            description = "Definition for cmake, such as -DGGML_BLAS=ON; repeatable.")
    private List<String> cmakeOptions = new ArrayList<>();

    EngineBuildCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        int parallel = jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
        if (parallel < 1) {
            throw new ParameterException(spec.commandLine(), "--jobs must be at least 1");
        }
        EngineBuilder builder = builder(common.library());
        BuiltEngine engine;
        try (ProgressLine progress = new ProgressLine(terminal)) {
            engine = builder.build(
                    new EngineBuildRequest(source, parallel, cmakeOptions),
                    (version, step, fraction) -> progress.show(text(builder.engine() + " " + version, step, fraction)));
        }
        terminal.out().println(engine.directory());
        terminal.err().println("built " + builder.engine() + " " + engine.version());
        terminal.err().println("Next: whisper-speedtest list, or whisper-speedtest benchmark -i " + implementation);
        return ExitCode.OK;
    }

    private EngineBuilder builder(WhisperSpeedtest library) {
        return library.registry()
                .require(implementation)
                .engineBuilder()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "implementation '" + implementation + "' has no engine to build; those that have one: "
                                + library.implementations().stream()
                                        .filter(other -> other.engineBuilder().isPresent())
                                        .map(Implementation::id)
                                        .collect(Collectors.joining(", "))));
    }

    private static String text(String engine, EngineBuildListener.Step step, double fraction) {
        return switch (step) {
            case CONFIGURE -> "configuring " + engine;
            case COMPILE -> String.format(Locale.ROOT, "compiling %s: %.0f %%", engine, 100 * fraction);
            case INSTALL -> "copying " + engine;
        };
    }
}
