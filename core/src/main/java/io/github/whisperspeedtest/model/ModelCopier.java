package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.hub.CacheCopier;
import io.github.whisperspeedtest.hub.DownloadRequest;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.HubException;
import io.github.whisperspeedtest.hub.Snapshot;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Copies models from the default Hugging Face cache to the place that their implementation uses.
 *
 * <p>Uses {@link CacheCopier}: an interrupted copy leaves nothing that looks like a model, files are hard links if
 * possible, and the source is never changed.
 */
public final class ModelCopier {
    private final Path hubCache;
    private final ModelLocator locator;
    private final CacheCopier copier;

    /**
     * Creates a copier.
     *
     * @param hubCache the default Hugging Face cache
     */
    public ModelCopier(Path hubCache) {
        this(hubCache, true);
    }

    ModelCopier(Path hubCache, boolean hardLinks) {
        this.hubCache = hubCache;
        this.locator = new ModelLocator(hubCache);
        this.copier = new CacheCopier(hardLinks);
    }

    /** The result of a copy. */
    public enum Outcome {
        /** The model was already present. Nothing was written. */
        ALREADY_THERE,
        /** The model was added as hard links, which take no space. */
        LINKED,
        /** The model was copied. */
        COPIED
    }

    /**
     * Copies a model, or the fallback that the default cache has instead.
     *
     * @throws ModelException if the default cache does not have the model, or the implementation uses that cache
     *     itself
     * @throws WhisperSpeedtestException if the disk fails or is full
     */
    public Outcome copy(ModelInfo model) {
        return locator.look(model, ModelPlace.LOCAL_CACHE).isPresent() ? Outcome.ALREADY_THERE : replace(model);
    }

    /** Copies a model like {@link #copy}, but replaces existing files, such as files that do not load. */
    public Outcome replace(ModelInfo model) {
        ModelPresence source = locator.look(model, ModelPlace.HUB_CACHE);
        if (!source.isPresent()) {
            throw new ModelException("Cannot copy model '" + model.name() + "'. " + source.reason());
        }
        ModelInfo found = source.model();
        Path root = found.hfCacheDir();
        if (found.localPaths().isEmpty() && root == null) {
            throw new ModelException(
                    "Model '" + model.name() + "' does not need to be copied: its implementation uses the default "
                            + "Hugging Face cache " + hubCache + ".");
        }
        try {
            if (root == null) {
                return copyFiles(source, found);
            }
            Outcome outcome = Outcome.LINKED;
            for (ModelSource.HubRepository repository : found.repositories()) {
                Outcome partOutcome = copyRepository(repository, root);
                outcome = partOutcome == Outcome.COPIED ? partOutcome : outcome;
            }
            return outcome;
        } catch (HubException e) {
            throw failure(model, e);
        }
    }

    private Outcome copyFiles(ModelPresence source, ModelInfo model) {
        Map<Path, Path> contents = new LinkedHashMap<>();
        for (Path target : model.localPaths()) {
            ModelFile file = source.fileFor(target)
                    .orElseThrow(() -> new ModelException("Model '" + model.name()
                            + "' in the default cache has no file " + target.getFileName() + "."));
            contents.put(target, file.content());
        }
        return outcome(copier.copyFiles(contents));
    }

    private Outcome copyRepository(ModelSource.HubRepository source, Path root) {
        HubCache cache = new HubCache(hubCache);
        Snapshot snapshot = RepositoryPresence.snapshot(cache, source.repository(), source.revision())
                .orElseThrow(() -> new ModelException(
                        "The default cache " + hubCache + " has no snapshot of " + source.repository() + "."));
        DownloadRequest request = new DownloadRequest(source.repository(), source.revision(), source.files());
        return outcome(copier.copy(cache, snapshot, request, new HubCache(root)));
    }

    private static Outcome outcome(CacheCopier.Outcome copied) {
        return copied == CacheCopier.Outcome.LINKED ? Outcome.LINKED : Outcome.COPIED;
    }

    private static WhisperSpeedtestException failure(ModelInfo model, HubException e) {
        if (e.reason() != HubException.Reason.DISK) {
            return HubAccess.translated(e);
        }
        String message = e.getCause() instanceof IOException cause
                ? "Cannot copy model '" + model.name() + "': " + reason(cause) + ". The target is unchanged."
                : e.problem() + " Free disk space, or move the models directory with " + ToolHome.MODELS_VARIABLE + ".";
        return new WhisperSpeedtestException(ErrorKind.ENVIRONMENT, message, e);
    }

    private static String reason(IOException e) {
        if (e instanceof FileAlreadyExistsException) {
            return e.getMessage() + " already exists";
        }
        return e instanceof FileSystemException system && system.getReason() != null
                ? system.getFile() + ": " + system.getReason()
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
