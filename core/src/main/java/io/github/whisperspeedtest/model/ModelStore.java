package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.UnsupportedModelException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.hub.FilePattern;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.settings.UserPaths;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds models on this machine and writes generated models. */
public final class ModelStore {
    private final ToolHome home;
    private final UserPaths paths;
    private final ModelCatalog catalog;
    private final ModelLocator locator;
    private final UserModels userModels;

    /**
     * Creates a store that never uses the network and knows no other implementations.
     *
     * @param home directories of this tool
     * @param hubCache the default Hugging Face cache
     */
    public ModelStore(ToolHome home, Path hubCache) {
        this(
                home,
                () -> HubSettings.builder()
                        .cacheDirectory(hubCache)
                        .offline(true)
                        .build(),
                Settings.none().paths(),
                List::of);
    }

    /**
     * Creates a store.
     *
     * @param home directories of this tool
     * @param hub supplies the hub and the default Hugging Face cache when they are needed
     * @param paths expands {@code ~} in model paths
     * @param implementations supplies all implementations, which messages suggest for models of their formats
     */
    public ModelStore(
            ToolHome home, Supplier<HubSettings> hub, UserPaths paths, Supplier<List<Implementation>> implementations) {
        this.home = home;
        this.paths = paths;
        this.catalog = new ModelCatalog(home.models());
        this.locator = new ModelLocator(() -> hub.get().cacheDirectory(), home);
        this.userModels = new UserModels(catalog, new RepositoryListings(hub), implementations);
    }

    /** Returns the catalog of model names. */
    public ModelCatalog catalog() {
        return catalog;
    }

    /** Returns the locator of models. */
    public ModelLocator locator() {
        return locator;
    }

    /**
     * Returns the directory of the embedded model in one implementation's format.
     *
     * <p>Its name changes with the model's content, so a newer tool never loads an older tool's files.
     *
     * @param modelsDirectory as in {@link Implementation#models}
     * @param implementation id of the implementation
     * @param quantization quantization of the written model
     */
    public static Path embeddedDirectory(Path modelsDirectory, String implementation, String quantization) {
        return modelsDirectory
                .resolve("embedded")
                .resolve(EmbeddedModel.NAME + "-" + EmbeddedModel.VERSION)
                .resolve(implementation + "-" + quantization);
    }

    /**
     * Finds a model by its name, path or repository.
     *
     * <p>A known model name wins over a file of the same name, and a file wins over a repository; {@code ./name} selects
     * the file. A named model is loaded from the implementation's own place, otherwise from the default Hugging Face
     * cache. Fallbacks are used only if it is in neither. The models of a path or repository are those whose format the
     * implementation {@linkplain Implementation#select selects}; they have the companions of its other models.
     *
     * <p>Writes nothing and uses no network, with one exception: if the cache does not show what a repository contains,
     * the hub is asked for the names of its files and for its config.
     *
     * @param implementation the implementation that loads the model
     * @param model a name of the {@link ModelCatalog}, the path of a file or directory, or a repository of the hub:
     *     {@code owner/name}, {@code owner/name@revision}, {@code owner/name:file}, {@code hf:owner/name} or its URL
     * @throws UnknownNameException if neither the name nor the path exists
     * @throws UnsupportedModelException if the model is in another format, or not a Whisper model
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the hub does not have the repository, or must
     *     be asked and cannot be reached
     */
    public ResolvedModel resolve(Implementation implementation, String model) {
        ModelInfo info;
        try {
            info = catalog.require(implementation, model);
        } catch (UnknownNameException e) {
            Optional<Path> path = existing(model);
            if (path.isPresent()) {
                return ofPath(implementation, model, path.get());
            }
            RepositoryReference reference = RepositoryReference.parse(model)
                    .orElseThrow(() -> new UnknownNameException(
                            e.getMessage() + " There is no file or directory '" + model + "' either.", e));
            return resolve(implementation, userModels.ofRepository(implementation, reference));
        }
        return resolve(implementation, info);
    }

    private ResolvedModel ofPath(Implementation implementation, String model, Path path) {
        Optional<ModelInfo> selected = userModels.ofPath(implementation, model, path);
        if (selected.isPresent()) {
            return resolve(implementation, selected.get());
        }
        // The loader reports in detail why these files are not a model.
        ModelFiles files = filesAt(model, path);
        ModelInfo userFiles = ModelInfo.ofLocalFiles(
                        model,
                        List.of(new ModelSource.UserFiles()),
                        List.copyOf(files.byName().values()),
                        0)
                .withCompanions(catalog.companions(implementation));
        return new ResolvedModel(implementation, userFiles, null, withCompanions(files, userFiles));
    }

    /** Returns whether a text that is no known name has the form of a repository of the hub and is not a path here. */
    public boolean isRepository(String model) {
        return existing(model).isEmpty() && RepositoryReference.parse(model).isPresent();
    }

    /**
     * Finds a model for each of several implementations, as {@link #resolve(Implementation, String)} does, and leaves out
     * those that do not know its name or cannot load its format.
     *
     * @throws UnknownNameException if no implementation knows it
     * @throws UnsupportedModelException if it exists, but none of these implementations can load it
     */
    public List<ResolvedModel> resolve(List<Implementation> implementations, String model) {
        List<ResolvedModel> found = new ArrayList<>();
        List<WhisperSpeedtestException> refusals = new ArrayList<>();
        for (Implementation implementation : implementations) {
            try {
                found.add(resolve(implementation, model));
            } catch (UnknownNameException | UnsupportedModelException e) {
                refusals.add(e);
            }
        }
        if (found.isEmpty() && !refusals.isEmpty()) {
            throw refusals.get(0);
        }
        return found;
    }

    /** Returns the named models of an implementation that are on this machine, as far as their files tell; the demo model is built in. */
    public List<ModelInfo> installed(Implementation implementation) {
        return catalog.allModels(implementation).stream()
                .filter(model -> isInstalled(implementation, model))
                .toList();
    }

    /** Returns whether a model that the implementation knows is on this machine, as in {@link #installed}. */
    public boolean isInstalled(Implementation implementation, ModelInfo model) {
        return model.name().equals(EmbeddedModel.NAME)
                || resolve(implementation, model).isPresent();
    }

    /** Finds a model that the implementation knows; writes nothing. */
    public ResolvedModel resolve(Implementation implementation, ModelInfo info) {
        return locator.best(info)
                .map(found -> new ResolvedModel(
                        implementation, info, found.place(), withCompanions(found.toModelFiles(info.name()), info)))
                .orElseGet(() -> new ResolvedModel(implementation, info, null, null));
    }

    /**
     * Returns the files of a model, with those of its companions that are on this machine.
     *
     * <p>The demo model and models with random weights are first written in the implementation's format if they are
     * missing. This takes minutes for a large model.
     *
     * @throws ModelException if the model is missing and cannot be generated; the message names the missing files and
     *     the command that installs the model
     * @throws EngineUnavailableException if the model cannot be written
     */
    public ModelFiles prepare(ResolvedModel model) {
        if (model.found() != null) {
            return model.found();
        }
        GeneratedModel generated = model.generated().orElseThrow(() -> missing(model));
        materialize(model.implementation(), model.info(), generated, false);
        return withCompanions(ModelFiles.of(model.name(), model.info().localPaths()), model.info());
    }

    /** Finds a model and {@linkplain #prepare prepares} it. */
    public ModelFiles filesOf(Implementation implementation, String model) {
        return prepare(resolve(implementation, model));
    }

    private ModelFiles withCompanions(ModelFiles files, ModelInfo info) {
        return with(files, locator.companions(info.name(), info.companions()));
    }

    private static ModelFiles with(ModelFiles files, List<ModelFiles> companions) {
        ModelFiles all = files;
        for (ModelFiles companion : companions) {
            all = all.with(companion);
        }
        return all;
    }

    /** Writes a generated model again and replaces files that may be damaged. */
    void rewrite(Implementation implementation, ModelInfo info, GeneratedModel source) {
        materialize(implementation, info, source, true);
    }

    /**
     * Returns the files of a model given by the path of its file or directory, or empty if the path does not exist.
     */
    public Optional<ModelFiles> ofPath(String model) {
        return existing(model).map(path -> filesAt(model, path));
    }

    private static ModelFiles filesAt(String model, Path path) {
        return Files.isDirectory(path) ? ModelFiles.ofDirectory(model, path) : ModelFiles.of(model, List.of(path));
    }

    private Optional<Path> existing(String model) {
        try {
            Path path = paths.expand(model);
            return Files.isDirectory(path) || Files.isRegularFile(path) ? Optional.of(path) : Optional.empty();
        } catch (WhisperSpeedtestException e) {
            return Optional.empty();
        }
    }

    private ModelException missing(ResolvedModel model) {
        ModelInfo info = model.info();
        String id = model.implementation().id();
        return new ModelException("Model '" + info.name() + "' of implementation '" + id
                + "' is missing or incomplete. "
                + Stream.of(ModelPlace.LOCAL_CACHE, ModelPlace.HUB_CACHE)
                        .map(place -> locator.look(info, place))
                        .filter(presence -> presence.state() != ModelPresence.State.NOT_APPLICABLE)
                        .map(ModelPresence::reason)
                        .collect(Collectors.joining(" "))
                + " It comes from " + describe(info.sources()) + ". "
                + (isConverted(info)
                        ? "Convert it again: " + convertCommand(id, info.name())
                        : "Run: " + downloadCommand(id, info.name())));
    }

    private static boolean isConverted(ModelInfo info) {
        return info.sources().stream().anyMatch(ModelSource::isConverted);
    }

    private static String describe(List<ModelSource> sources) {
        return sources.stream()
                .map(source -> source.accept(new SourceDescription()))
                .collect(Collectors.joining(" and "));
    }

    /** Describes the origin of files. */
    private static final class SourceDescription implements ModelSource.Visitor<String> {
        @Override
        public String hubRepository(ModelSource.HubRepository source) {
            return "https://huggingface.co/" + source.repository() + " ("
                    + source.files().stream()
                            .map(FilePattern::of)
                            .filter(file -> !file.isOptional())
                            .map(FilePattern::toString)
                            .collect(Collectors.joining(", "))
                    + ")";
        }

        @Override
        public String hubArchive(ModelSource.HubArchive source) {
            return "https://huggingface.co/" + source.repository() + " (" + source.file() + ")";
        }

        @Override
        public String directDownload(ModelSource.DirectDownload source) {
            return source.url().toString();
        }

        @Override
        public String embedded(ModelSource.Embedded source) {
            return "this tool itself";
        }

        @Override
        public String randomWeights(ModelSource.RandomWeights source) {
            return "this tool itself";
        }

        @Override
        public String userFiles(ModelSource.UserFiles source) {
            return "your own files";
        }

        @Override
        public String converted(ModelSource.Converted source) {
            return "another model";
        }
    }

    /** Returns the command that converts a model again; only the user knows its source. */
    static String convertCommand(String implementation, String model) {
        return "whisper-speedtest convert SOURCE --to " + implementation + " --name " + model + " --force";
    }

    /** Returns the command that downloads a model. */
    public static String downloadCommand(String implementation, String model) {
        return "whisper-speedtest download -i " + implementation + " -m " + model;
    }

    /** Writes a generated model. */
    private void materialize(Implementation implementation, ModelInfo info, GeneratedModel source, boolean replace) {
        if (implementation.checkpointWriter().isEmpty()) {
            throw new IllegalStateException("Implementation '" + implementation.id()
                    + "' lists a generated model but has no checkpoint writer");
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
                    "Cannot write " + source.description() + " to " + target + ": " + DiskErrors.reason(e) + ". Set "
                            + home.variableOfModels() + " to a writable directory with enough space.",
                    e);
        }
    }

    /** Returns the directory that contains all files of a generated model and nothing else. */
    private static Path directoryOf(Implementation implementation, ModelInfo info) {
        List<Path> directories =
                info.localPaths().stream().map(Path::getParent).distinct().toList();
        if (directories.size() != 1) {
            throw new IllegalStateException(
                    "Implementation '" + implementation.id() + "' must keep all files of model '" + info.name()
                            + "' in one directory, but lists " + info.localPaths());
        }
        return directories.get(0);
    }
}
