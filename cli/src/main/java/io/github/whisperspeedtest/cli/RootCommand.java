package io.github.whisperspeedtest.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The tool itself; does nothing without a command. */
@Command(
        name = "whisper-speedtest",
        description = "Which Whisper runs best here, and are its models really in place?",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {
            BenchmarkCommand.class,
            TranscribeCommand.class,
            CheckModelsCommand.class,
            DownloadCommand.class,
            CopyCommand.class,
            ConvertCommand.class,
            CacheCommand.class,
            ListCommand.class,
            AutoComplete.GenerateCompletion.class
        },
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest benchmark                       measure with the demo model",
            "  whisper-speedtest benchmark -m small -a talk.mp3  measure with your recording",
            "  whisper-speedtest transcribe talk.mp3 -m small    write down what is said",
            "  whisper-speedtest check-models -m small           are its models really there?",
            "  whisper-speedtest list                            show what can run here",
            "",
            "Exit codes: 0 done, 1 something failed, 2 wrong usage or input,",
            "3 a model is missing or damaged, 4 the machine lacks something,",
            "70 internal error, 130 interrupted, 141 the reader of a pipe has gone."
        })
final class RootCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    RootCommand() {}

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Missing command: benchmark, transcribe, check-models, download, copy, convert, cache or list");
    }
}
