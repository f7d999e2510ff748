package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.files.UserPaths;
import io.github.whisperspeedtest.hub.FilePattern;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the files of a model on this machine; what this tool makes itself is written to disk on its first use. */
public final class ModelStore {
    private final ToolHome home;
    private final Supplier<Path> hubCache;

    /** Creates a store over the given directories and the current user's default Hugging Face cache. */
    public ModelStore(ToolHome home) {
        this(home, () -> HubAccess.currentSettings().cacheDirectory());
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
     * only where it is in neither do its fallbacks count. A model given by its path has the companions that the
     * implementation's models have.
     *
     * @param implementation the implementation that is to load it
     * @param model a name of the {@link ModelCatalog}, or the path of a file or directory in the implementation's format
     * @throws UnknownNameException if it is neither
     * @throws ModelException if the model is known but not on this machine; says what is missing where, and the command
     *     that gets it
     * @throws EngineUnavailableException if the embedded model, or one with random weights, cannot be written
     */
    public ModelFiles locate(Implementation implementation, String model) {
        ModelCatalog catalog = new ModelCatalog(home.models());
        ModelLocator locator = new ModelLocator(hubCache);
        ModelInfo info;
        try {
            info = catalog.require(implementation, model);
        } catch (UnknownNameException e) {
            ModelFiles files = ofPath(model)
                    .orElseThrow(() -> new UnknownNameException(
                            e.getMessage() + " Nor is there a file or directory '" + model + "'.", e));
            return with(files, locator.companions(model, catalog.companions(implementation)));
        }
        ModelFiles files = locator.best(info)
                .map(found -> found.toModelFiles(model))
                .orElseGet(() -> {
                    materialize(implementation, info, generated(implementation, info, locator), false);
                    return ModelFiles.of(model, info.localPaths());
                });
        return with(files, locator.companions(model, info.companions()));
    }

    private static ModelFiles with(ModelFiles files, List<ModelFiles> companions) {
        ModelFiles all = files;
        for (ModelFiles companion : companions) {
            all = all.with(companion);
        }
        return all;
    }

    /** Writes a model that this tool makes itself anew, in place of files that may be damaged. */
    void rewrite(Implementation implementation, ModelInfo info, GeneratedModel source) {
        materialize(implementation, info, source, true);
    }

    /** Returns the files of a model that is given by the path of its one file or of its directory, empty where there is neither. */
    public static Optional<ModelFiles> ofPath(String model) {
        try {
            Path path = UserPaths.current().expand(model);
            if (Files.isDirectory(path)) {
                return Optional.of(ModelFiles.ofDirectory(model, path));
            }
            return Files.isRegularFile(path) ? Optional.of(ModelFiles.of(model, List.of(path))) : Optional.empty();
        } catch (WhisperSpeedtestException e) {
            return Optional.empty();
        }
    }

    private static GeneratedModel generated(Implementation implementation, ModelInfo info, ModelLocator locator) {
        return info.sources().stream()
                .flatMap(source -> GeneratedModel.of(source).stream())
                .findFirst()
                .orElseThrow(() -> new ModelException("Model '" + info.name() + "' of implementation '"
                        + implementation.id() + "' is not on this machine, or not all of it. "
                        + Stream.of(ModelPlace.LOCAL_CACHE, ModelPlace.HUB_CACHE)
                                .map(place -> locator.look(info, place))
                                .filter(presence -> presence.state() != ModelPresence.State.NOT_APPLICABLE)
                                .map(ModelPresence::reason)
                                .collect(Collectors.joining(" "))
                        + " It comes from " + describe(info.sources()) + ". "
                        + (isConverted(info)
                                ? "Convert it again: " + convertCommand(implementation.id(), info.name())
                                : "Run: " + downloadCommand(implementation.id(), info.name()))));
    }

    private static boolean isConverted(ModelInfo info) {
        return info.sources().stream().anyMatch(ModelSource.Converted.class::isInstance);
    }

    private static String describe(List<ModelSource> sources) {
        return sources.stream()
                .map(source -> {
                    if (source instanceof ModelSource.HubRepository hub) {
                        return "https://huggingface.co/" + hub.repository() + " ("
                                + hub.files().stream()
                                        .map(FilePattern::of)
                                        .filter(file -> !file.isOptional())
                                        .map(FilePattern::toString)
                                        .collect(Collectors.joining(", "))
                                + ")";
                    }
                    if (source instanceof ModelSource.DirectDownload direct) {
                        return direct.address().toString();
                    }
                    return source instanceof ModelSource.Converted ? "another model" : "this tool itself";
                })
                .collect(Collectors.joining(" and "));
    }

    /** Returns the command that converts a model anew; what it was made of only the user knows. */
    static String convertCommand(String implementation, String model) {
        return "whisper-speedtest convert SOURCE --to " + implementation + " --name " + model + " --force";
    }

    /** Returns the command that gets a model. */
    public static String downloadCommand(String implementation, String model) {
        return "whisper-speedtest download -i " + implementation + " -m " + model;
    }

    /** Writes a model that this tool makes itself. */
    private void materialize(Implementation implementation, ModelInfo info, GeneratedModel source, boolean replace) {
        if (implementation.checkpointWriter().isEmpty()) {
            throw new IllegalStateException(
                    "Implementation '" + implementation.id() + "' offers the embedded model but no writer for it");
        }
        Path target = directoryOf(implementation, info);
        List<String> names = info.localPaths().stream()
                .map(path -> path.getFileName().toString())
                .toList();
        try {
            new CheckpointFiles(implementation, target, names)
                    .write(source.checkpoint(), source.quantization(), replace, CheckpointFiles.Check.NONE);
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    source.description() + " cannot be written to " + target + ": " + DiskErrors.reason(e) + ". Set "
                            + home.variableOfModels() + " to a directory with space that you may write to.",
                    e);
        }
    }

    /** Returns the one directory that all files of a model are in which this tool makes; it holds nothing else. */
    private static Path directoryOf(Implementation implementation, ModelInfo info) {
        List<Path> directories =
                info.localPaths().stream().map(Path::getParent).distinct().toList();
        if (directories.size() != 1) {
            throw new IllegalStateException("Implementation '" + implementation.id() + "' must keep the model '"
                    + info.name() + "' as files of one directory, but names " + info.localPaths());
        }
        return directories.get(0);
    }
}
