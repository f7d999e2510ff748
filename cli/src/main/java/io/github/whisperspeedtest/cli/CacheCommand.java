package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.hub.CacheScan;
import io.github.whisperspeedtest.hub.CachedRepository;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.model.ToolHome;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows the directories of models and the content of the cache. */
@Command(
        name = "cache",
        description = "Show the directories of models and the content of the Hugging Face cache.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class CacheCommand implements Runnable {
    /** Index of the column that a narrow table leaves out. */
    private static final int INCOMPLETE = 3;

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    CacheCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing command: list or path");
    }

    @Command(
            name = "path",
            description = "Print the directories in use.",
            mixinStandardHelpOptions = true,
            versionProvider = VersionProvider.class)
    int path(@Mixin CommonOptions common) {
        WhisperSpeedtest library = common.library();
        ToolHome home = library.home();
        terminal.out().println("Hugging Face cache: " + library.hub().cacheDirectory());
        terminal.out().println("models:             " + home.models());
        terminal.out().println("tool home:          " + home.data());
        return ExitCode.OK;
    }

    @Command(
            name = "list",
            description = "List the repositories in the Hugging Face cache and their sizes.",
            mixinStandardHelpOptions = true,
            versionProvider = VersionProvider.class)
    int list(
            @Mixin CommonOptions common,
            @Option(
                            names = "--cache",
                            paramLabel = "DIR",
                            description = "Directory of the cache (default: the one in use).")
                    Path cache) {
        CacheScan scan = new HubCache(cache == null ? common.library().hub().cacheDirectory() : cache).scan();
        terminal.out().println("Cache: " + scan.root());
        terminal.out().println();
        TextTable table = new TextTable(List.of("Type", "Repository", "Snapshots", "Incomplete", "Size"), 2);
        for (CachedRepository repository : scan.repositories()) {
            table.add(
                    repository.type().toString(),
                    repository.repository(),
                    String.valueOf(repository.snapshots().size()),
                    String.valueOf(repository.incompleteFiles().size()),
                    ByteSize.of(repository.sizeOnDisk()));
        }
        if (!scan.repositories().isEmpty()) {
            table.lines(terminal.columns(), INCOMPLETE).forEach(terminal.out()::println);
            terminal.out().println();
        }
        terminal.out().println("Total: " + ByteSize.of(scan.sizeOnDisk()));
        for (CacheScan.Warning warning : scan.warnings()) {
            terminal.err().println("warning: " + warning.path() + " " + warning.message());
        }
        return ExitCode.OK;
    }
}
