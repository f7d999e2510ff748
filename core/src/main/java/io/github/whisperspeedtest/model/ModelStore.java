package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the files of a model on this machine; the embedded model is written to disk on its first use. */
public final class ModelStore {
    private static final Logger LOG = LoggerFactory.getLogger(ModelStore.class);

    private final ToolHome home;
    private final Supplier<Path> hubCache;

    /** Creates a store over the given directories and the current user's default Hugging Face cache. */
    public ModelStore(ToolHome home) {
        this(home, () -> HubSettings.current().cache());
    }

    /**
     * Creates a store.
     *
     * @param home directories of this tool
     * @param hubCache the default Hugging Face cache
     */
    public ModelStore(ToolHome home, Path hubCache) {
        this(home, () -> hubCache);
    }

    private ModelStore(ToolHome home, Supplier<Path> hubCache) {
        this.home = home;
        this.hubCache = hubCache;
    }

    /**
     * Returns the directory that holds the embedded model in one implementation's format.
     *
     * <p>Its name changes with the model's content, so a newer tool never loads an older tool's files.
     *
     * @param modelsDirectory as {@link Implementation#models} gets it
     * @param implementation id of the implementation
     * @param quantization what its writer is asked for
     */
    public static Path embeddedDirectory(Path modelsDirectory, String implementation, String quantization) {
        return modelsDirectory
                .resolve("embedded")
                .resolve(EmbeddedModel.NAME + "-" + EmbeddedModel.VERSION)
                .resolve(implementation + "-" + quantization);
    }

    /**
     * Returns the files of a model, and those of its companions as far as they are on this machine.
     *
     * <p>A name that the implementation knows wins over a file that happens to be called the same; {@code ./name} means
     * the file. A model is taken from where its implementation keeps it, otherwise from the default Hugging Face cache, and
     * only where it is in neither do its fallbacks count.
     *
     * @param implementation the implementation that is to load it
     * @param model a name that the implementation knows, or the path of a file in its format
     * @throws UnknownNameException if it is neither
     * @throws ModelException if the model is known but not on this machine; says what is missing where, and the command
     *     that gets it
     * @throws EngineUnavailableException if the embedded model cannot be written
     */
    public ModelFiles locate(Implementation implementation, String model) {
        ModelInfo info;
        try {
            info = implementation.modelInfo(model, home.models());
        } catch (UnknownNameException e) {
            if (namesFile(model)) {
                return ModelFiles.of(model, List.of(Path.of(model)));
            }
            throw new UnknownNameException(e.getMessage() + " Nor is there a file '" + model + "'.", e);
        }
        ModelLocator locator = new ModelLocator(hubCache);
        ModelFiles files = locator.best(info)
                .map(found -> found.toModelFiles(model))
                .orElseGet(() -> {
                    materialize(implementation, info, embeddedSource(implementation, info, locator), false);
                    return ModelFiles.of(model, info.localPaths());
                });
        for (ModelFiles companion : locator.companions(info)) {
            files = files.with(companion);
        }
        return files;
    }

    /** Writes the embedded model anew, in place of files that may be damaged. */
    void rewrite(Implementation implementation, ModelInfo info, ModelSource.Embedded source) {
        materialize(implementation, info, source, true);
    }

    private static boolean namesFile(String model) {
        try {
            return Files.isRegularFile(Path.of(model));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static ModelSource.Embedded embeddedSource(
            Implementation implementation, ModelInfo info, ModelLocator locator) {
        return info.sources().stream()
                .filter(ModelSource.Embedded.class::isInstance)
                .map(ModelSource.Embedded.class::cast)
                .findFirst()
                .orElseThrow(() -> new ModelException("Model '" + info.name() + "' of implementation '"
                        + implementation.id() + "' is not on this machine, or not all of it. "
                        + Stream.of(ModelPlace.LOCAL_CACHE, ModelPlace.HUB_CACHE)
                                .map(place -> locator.look(info, place))
                                .filter(presence -> presence.state() != ModelPresence.State.NOT_APPLICABLE)
                                .map(ModelPresence::reason)
                                .collect(Collectors.joining(" "))
                        + " It comes from " + describe(info.sources()) + ". Run: "
                        + downloadCommand(implementation.id(), info.name())));
    }

    private static String describe(List<ModelSource> sources) {
        return sources.stream()
                .map(source -> {
                    if (source instanceof ModelSource.HubRepository hub) {
                        return "https://huggingface.co/" + hub.repository() + " (" + String.join(", ", hub.files())
                                + ")";
                    }
                    if (source instanceof ModelSource.DirectDownload direct) {
                        return direct.address().toString();
                    }
                    return "this tool itself";
                })
                .collect(Collectors.joining(" and "));
    }

    /** Returns the command that gets a model. */
    public static String downloadCommand(String implementation, String model) {
        return "whisper-speedtest download -i " + implementation + " -m " + model;
    }

    /** Writes into a directory beside the final one and renames it, so that nobody ever sees half a model. */
    private void materialize(
            Implementation implementation, ModelInfo info, ModelSource.Embedded source, boolean replace) {
        CheckpointWriter writer = implementation
                .checkpointWriter()
                .orElseThrow(() -> new IllegalStateException(
                        "Implementation '" + implementation.id() + "' offers the embedded model but no writer for it"));
        Path target = directoryOf(implementation, info);
        List<String> names = info.localPaths().stream()
                .map(path -> path.getFileName().toString())
                .toList();
        LOG.debug("Writing the embedded model for {} as {} to {}", implementation.id(), source.quantization(), target);
        // Not a temporary directory of the system's kind: others may read what ends up here, as far as the umask lets
        // them.
        Path partial = target.resolveSibling("." + target.getFileName() + "-" + UUID.randomUUID());
        try {
            Files.createDirectories(target.getParent());
            Files.createDirectory(partial);
            writer.write(EmbeddedModel.checkpoint(), source.quantization(), partial, names);
            for (String name : names) {
                if (!Files.exists(partial.resolve(name))) {
                    throw new IllegalStateException("The writer of implementation '" + implementation.id()
                            + "' was to write a file '" + name + "' but did not");
                }
            }
            publish(partial, target, names, replace);
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    "The embedded model cannot be written to " + target + ": " + reason(e) + ". Set "
                            + (home.models().startsWith(home.data())
                                    ? ToolHome.HOME_VARIABLE
                                    : ToolHome.MODELS_VARIABLE)
                            + " to a directory with space that you may write to.",
                    e);
        } finally {
            try {
                FileTrees.delete(partial);
            } catch (IOException e) {
                LOG.debug("Left behind {}", partial, e);
            }
        }
    }

    /** Returns the one directory that all files of the embedded model are in, which holds nothing else. */
    private static Path directoryOf(Implementation implementation, ModelInfo info) {
        List<Path> directories =
                info.localPaths().stream().map(Path::getParent).distinct().toList();
        if (directories.size() != 1) {
            throw new IllegalStateException("Implementation '" + implementation.id()
                    + "' must keep the embedded model as files of one directory, but names " + info.localPaths());
        }
        return directories.get(0);
    }

    /**
     * Makes the model visible.
     *
     * <p>Where its directory is there already, another process was first, or somebody deleted some of its files: those
     * that are missing are put back, and the others too where they are to be replaced.
     */
    private static void publish(Path partial, Path target, List<String> names, boolean replace) throws IOException {
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
            for (String name : names) {
                if (replace || !Files.exists(target.resolve(name))) {
                    Files.move(partial.resolve(name), target.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
