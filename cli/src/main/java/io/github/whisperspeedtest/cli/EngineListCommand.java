package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.model.EngineStore;
import io.github.whisperspeedtest.spi.BuiltEngine;
import io.github.whisperspeedtest.spi.Implementation;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the engines that the user has built. */
@Command(
        name = "list",
        description = "List the engines built with 'engine build', newest version first.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class EngineListCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private CommonOptions common;

    EngineListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        WhisperSpeedtest library = common.library();
        TextTable table = new TextTable(List.of("Implementation", "Version", "Directory"), Integer.MAX_VALUE);
        boolean none = true;
        for (Implementation implementation : library.implementations()) {
            EngineStore store =
                    new EngineStore(library.contextOf(implementation).engines());
            for (BuiltEngine engine : store.list()) {
                table.add(
                        implementation.id(),
                        engine.version(),
                        engine.directory().toString());
                none = false;
            }
        }
        if (none) {
            terminal.err().println("No engines were built. whisper-speedtest engine build --help shows how.");
        } else {
            // A path is of no use in part, so the table is as wide as it needs.
            table.lines(Integer.MAX_VALUE).forEach(terminal.out()::println);
        }
        return ExitCode.OK;
    }
}
