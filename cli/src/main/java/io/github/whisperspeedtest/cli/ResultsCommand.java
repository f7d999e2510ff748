package io.github.whisperspeedtest.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows and compares saved results of benchmarks. */
@Command(
        name = "results",
        description = "List, show, open, compare and merge saved results of benchmarks.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {
            ResultsListCommand.class,
            ResultsShowCommand.class,
            ResultsOpenCommand.class,
            ResultsCompareCommand.class,
            ResultsMergeCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest results list",
            "  whisper-speedtest results show latest",
            "  whisper-speedtest results open",
            "  whisper-speedtest results compare 2 1",
            "  whisper-speedtest results merge laptop.json server.json"
        })
final class ResultsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    ResultsCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing command: list, show, open, compare or merge");
    }
}
