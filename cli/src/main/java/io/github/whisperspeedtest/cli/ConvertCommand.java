package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.convert.Conversion;
import io.github.whisperspeedtest.convert.ConvertedModel;
import io.github.whisperspeedtest.convert.ModelConverter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Converts a model to the format of another implementation. */
@Command(
        name = "convert",
        description =
                "Convert a model to the format of another implementation, verify it by loading it, and install it under a"
                        + " name.",
        customSynopsis = "whisper-speedtest convert SOURCE --to ID [OPTIONS]",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest convert models/whisper-tiny-de --to whispercpp",
            "  whisper-speedtest convert faster:small --to whispercpp --quantize q5_1",
            "  whisper-speedtest convert coreml:base --to faster --name my-base",
            "  whisper-speedtest convert ggml-base-q5_1.bin --to mlx",
            "  whisper-speedtest transcribe talk.mp3 -i faster -m my-base"
        })
final class ConvertCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private CommonOptions common;

    @Parameters(
            paramLabel = "SOURCE",
            description =
                    "Model file or directory (such as one with config.json and model.safetensors), IMPLEMENTATION:MODEL (such as"
                            + " faster:tiny), or micro.")
    private String source;

    @Option(
            names = "--to",
            paramLabel = "ID",
            required = true,
            completionCandidates = Completions.Implementations.class,
            description = "Implementation whose format to write.")
    private String implementation;

    @Option(
            names = "--quantize",
            paramLabel = "TYPE",
            description = "Type of the weights, such as q5_1 or int8 (default: depends on the format).")
    private @Nullable String quantization;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the new model (default: the name of the source and the type of the weights).")
    private @Nullable String name;

    @Option(names = "--force", description = "Replace a converted model of the same name.")
    private boolean force;

    ConvertCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        WhisperSpeedtest library = common.library();
        ModelConverter converter = library.converter();
        ConvertedModel model;
        try (ProgressLine progress = new ProgressLine(terminal)) {
            model = converter.convert(
                    new Conversion(source, implementation, quantization, name, force),
                    step -> progress.show(
                            switch (step) {
                                case READ -> "reading " + source;
                                case WRITE -> "writing the model for " + implementation;
                                case LOAD -> "loading the model with " + implementation;
                            }));
        }
        terminal.out().println(model.directory());
        terminal.err()
                .println("converted " + source + " to " + implementation + " " + model.name() + " ("
                        + model.quantization() + ", " + ByteSize.of(model.bytes()) + ")");
        model.notes().forEach(note -> terminal.err().println("note: " + note));
        if (model.loadProblem() != null) {
            terminal.err().println("warning: the model was not loaded. " + model.loadProblem());
        }
        terminal.err().println("Use it with: -i " + implementation + " -m " + model.name());
        return ExitCode.OK;
    }
}
