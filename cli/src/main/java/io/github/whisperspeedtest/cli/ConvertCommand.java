package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.convert.Conversion;
import io.github.whisperspeedtest.convert.ConvertedModel;
import io.github.whisperspeedtest.convert.ModelConverter;
import io.github.whisperspeedtest.model.HubAccess;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.verify.ModelVerifier;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns a model into the format of another implementation. */
@Command(
        name = "convert",
        description =
                "Convert a model into an implementation's format, load it to see that it works, and keep it under a name that other "
                        + "commands know.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest convert models/whisper-tiny-de --to whispercpp",
            "  whisper-speedtest convert faster:small --to whispercpp --quantize q5_1",
            "  whisper-speedtest convert coreml:base --to faster --name my-base",
            "  whisper-speedtest transcribe talk.mp3 -i faster -m my-base"
        })
final class ConvertCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private CommonOptions common;

    @Parameters(
            paramLabel = "SOURCE",
            description =
                    "A file or directory, such as one with config.json and model.safetensors; IMPLEMENTATION:MODEL, such as "
                            + "faster:tiny; or micro.")
    private String source;

    @Option(
            names = "--to",
            paramLabel = "ID",
            required = true,
            completionCandidates = Completions.Implementations.class,
            description = "The implementation whose format is wanted.")
    private String implementation;

    @Option(
            names = "--quantize",
            paramLabel = "TYPE",
            description = "How to store the weights, such as q5_1 or int8 (default: the format's own).")
    private @Nullable String quantization;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What to call the new model (default: the source's name and how its weights are stored).")
    private @Nullable String name;

    @Option(names = "--force", description = "Replace a converted model of that name.")
    private boolean force;

    ConvertCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        WhisperSpeedtest library = common.library();
        Path hubCache = HubAccess.currentSettings().cacheDirectory();
        ModelConverter converter = new ModelConverter(
                library.registry(),
                library.home(),
                new ModelStore(library.home(), hubCache),
                new ModelVerifier(library.home(), hubCache));
        ConvertedModel model;
        try (ProgressLine progress = new ProgressLine(terminal)) {
            model = converter.convert(
                    new Conversion(source, implementation, quantization, name, force),
                    step -> progress.show(
                            switch (step) {
                                case READ -> "reading " + source;
                                case WRITE -> "writing it for " + implementation;
                                case LOAD -> "loading it with " + implementation;
                            }));
        }
        terminal.out().println(model.directory());
        terminal.err()
                .println("converted " + source + " to " + implementation + " " + model.name() + " ("
                        + model.quantization() + ", " + Megabytes.of(model.bytes()) + " MB)");
        if (model.doubt() != null) {
            terminal.err().println("warning: it was not loaded. " + model.doubt());
        }
        terminal.err().println("Use it with: -i " + implementation + " -m " + model.name());
        return ExitCode.OK;
    }
}
