package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.hub.CacheScan;
import io.github.whisperspeedtest.hub.CachedRepository;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.model.AdoptedDirectories;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
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
        throw new ParameterException(spec.commandLine(), "missing command: list, path or adopt");
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
        home.otherModels().forEach(directory -> terminal.out().println("also searched:      " + directory));
        return ExitCode.OK;
    }

    @Command(
            name = "adopt",
            description =
                    "Find models in the directory of another program, where they are. Nothing is copied or changed.",
            mixinStandardHelpOptions = true,
            versionProvider = VersionProvider.class,
            footer = {
                "",
                "Examples:",
                "  whisper-speedtest cache adopt ~/whisper.cpp/models",
                "  whisper-speedtest cache adopt --remove ~/whisper.cpp/models"
            })
    int adopt(
            @Mixin CommonOptions common,
            @Option(names = "--remove", description = "No longer search the directory.") boolean remove,
            @Parameters(
                            paramLabel = "DIR",
                            description =
                                    "Directory with files such as ggml-base.bin or tiny.pt, or a Hugging Face cache.")
                    Path directory) {
        AdoptedDirectories adopted = new AdoptedDirectories(common.library().home());
        if (remove) {
            if (!adopted.remove(directory)) {
                throw new ParameterException(spec.commandLine(), directory + " was not adopted.");
            }
            return ExitCode.OK;
        }
        adopted.add(directory);
        Path absolute = directory.toAbsolutePath().normalize();
        List<String> found = modelsIn(common.library(), absolute);
        found.forEach(terminal.out()::println);
        terminal.err()
                .println(
                        found.isEmpty()
                                ? "adopted " + absolute
                                        + ", but no known model is there. Name other files by their path."
                                : "adopted " + absolute + ", models found: " + found.size());
        return ExitCode.OK;
    }

    /** Returns the labels of the models that are loaded from a directory. */
    private static List<String> modelsIn(WhisperSpeedtest library, Path directory) {
        return library.implementations().stream()
                .flatMap(implementation -> library.models().catalog().allModels(implementation).stream()
                        .map(model -> library.models().resolve(implementation, model)))
                .filter(model -> {
                    ModelFiles files = model.found();
                    return files != null
                            && files.byName().values().stream().anyMatch(file -> file.startsWith(directory));
                })
                .map(ResolvedModel::label)
                .toList();
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
