package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.model.HubAccess;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Copies models out of the default cache. */
@Command(
        name = "copy",
        description =
                "Copy models from the default Hugging Face cache to where their implementations look, as hard links where that is "
                        + "possible.",
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
        ModelFetcher fetcher = new ModelFetcher(terminal, library, HubAccess.currentSettings(), common.debug());
        return fetcher.copy(selection.resolve(library));
    }
}
