package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Copies models from the default cache. */
@Command(
        name = "copy",
        description =
                "Copy models from the default Hugging Face cache to the directories of their implementations, as hard links"
                        + " where possible.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {"", "Example:", "  whisper-speedtest copy -i whispercpp -m small"})
final class CopyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelSelection selection;

    CopyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        WhisperSpeedtest library = common.library();
        ModelFetcher fetcher = new ModelFetcher(terminal, library, common.debug());
        return fetcher.copy(selection.resolve(library));
    }
}
