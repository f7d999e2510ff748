package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Downloads models. */
@Command(
        name = "download",
        description = "Download models. A model that is installed and loads is not downloaded again.",
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
        ModelFetcher fetcher = new ModelFetcher(terminal, library, common.debug());
        return fetcher.download(selection.resolve(library));
    }
}
