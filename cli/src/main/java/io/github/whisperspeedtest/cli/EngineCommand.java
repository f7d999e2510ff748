package io.github.whisperspeedtest.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Builds engines from source code, and lists those that were built. */
@Command(
        name = "engine",
        description = "Build an engine from source code that you have, and list the engines built.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {EngineBuildCommand.class, EngineListCommand.class},
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest engine build whispercpp --source ~/whisper.cpp",
            "  whisper-speedtest engine list"
        })
final class EngineCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    EngineCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing command: build or list");
    }
}
