package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.model.HubAccess;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Brings models onto this machine. */
@Command(
        name = "download",
        description =
                "Download models to where their implementations look; what is there already is not fetched again.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {"", "Example:", "  whisper-speedtest download -i whispercpp -m base,small"})
final class DownloadCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelSelection selection;

    DownloadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        WhisperSpeedtest library = common.library();
        ModelFetcher fetcher = new ModelFetcher(terminal, library, HubAccess.currentSettings(), common.debug());
        return fetcher.download(selection.resolve(library));
    }
}
