package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.hub.CacheScan;
import io.github.whisperspeedtest.hub.CachedRepository;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.model.ToolHome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows where models are. */
@Command(
        name = "cache",
        description = "Show where models are kept, and what the Hugging Face cache holds.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class CacheCommand implements Runnable {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    CacheCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: list or path");
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
        terminal.out().println("data home:          " + home.data());
        return ExitCode.OK;
    }

    @Command(
            name = "list",
            description = "List the repositories of a Hugging Face cache, with their size on disk.",
            mixinStandardHelpOptions = true,
            versionProvider = VersionProvider.class)
    int list(
            @Mixin CommonOptions common,
            @Option(names = "--cache", paramLabel = "DIR", description = "Another cache than the default one.")
                    Path cache) {
        CacheScan scan = new HubCache(cache == null ? common.library().hub().cacheDirectory() : cache).scan();
        terminal.out().println("Cache " + scan.root());
        for (CachedRepository repository : scan.repositories()) {
            List<String> notes = new ArrayList<>();
            notes.add(repository.snapshots().size() + " snapshots");
            if (!repository.incompleteFiles().isEmpty()) {
                notes.add(repository.incompleteFiles().size() + " incomplete files");
            }
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "  %10.1f MB  %s %s (%s)",
                            repository.sizeOnDisk() / 1e6,
                            repository.type(),
                            repository.repository(),
                            String.join(", ", notes)));
        }
        terminal.out().println(String.format(Locale.ROOT, "  %10.1f MB  in all", scan.sizeOnDisk() / 1e6));
        for (CacheScan.Warning warning : scan.warnings()) {
            terminal.err().println("warning: " + warning.path() + " " + warning.message());
        }
        return ExitCode.OK;
    }
}
