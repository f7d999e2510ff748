package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.TranscriptionCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.HubDownloader;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings models onto this machine: from the hub, from their own addresses, or out of this library. */
public final class ModelInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(ModelInstaller.class);

    private final ToolHome home;
    private final HubSettings settings;

    /** Creates an installer for the given directories and hub. */
    public ModelInstaller(ToolHome home, HubSettings settings) {
        this.home = home;
        this.settings = settings;
    }

    /**
     * Brings a model to where its implementation looks; what is there already is not fetched again.
     *
     * <p>Files of the hub go into the cache that the implementation uses. Where it wants all of them as plain files, they go into the
     * default cache and are linked from there, so they take their space once. A repository that the hub does not have is passed over for the model's
     * next fallback. A companion that cannot be had is a warning in the log.
     *
     * @return the model that was installed: the one asked for, or a fallback
     * @throws io.github.whisperspeedtest.error.UnknownNameException if the implementation knows no such model
     * @throws DownloadException if it cannot be fetched; what has arrived is kept for the next try
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the disk fails
     */
    public ModelInfo install(Implementation implementation, String model, DownloadListener listener) {
        ModelInfo info = new ModelCatalog(home.models()).require(implementation, model);
        ModelInfo installed = installFirst(implementation, info, listener);
        installCompanions(implementation, info, listener);
        return installed;
    }

    /**
     * Brings the companions of a model that are not on this machine, or are damaged; one that cannot be had is a warning in the log.
     *
     * @param model a model of the implementation
     * @return the companions that were installed
     * @throws TranscriptionCancelledException if the thread is interrupted
     */
    public List<ModelInfo> installCompanions(
            Implementation implementation, ModelInfo model, DownloadListener listener) {
        ModelLocator locator = new ModelLocator(settings.cache());
        List<ModelInfo> installed = new ArrayList<>();
        for (ModelInfo companion : model.companions()) {
            try {
                if (isThere(locator.best(companion))) {
                    continue;
                }
                installed.add(installFirst(implementation, companion, listener));
            } catch (TranscriptionCancelledException e) {
                throw e;
            } catch (WhisperSpeedtestException e) {
                LOG.warn("{} works without {}: {}", model.name(), companion.name(), e.getMessage());
                LOG.debug("{} cannot be had", companion.name(), e);
            }
        }
        return installed;
    }

    private static boolean isThere(Optional<ModelPresence> found) {
        return found.isPresent() && found.get().files().stream().allMatch(ModelFile::isIntact);
    }

    /** Installs a model or, where the hub does not have it, the first of its fallbacks that there is. */
    private ModelInfo installFirst(Implementation implementation, ModelInfo model, DownloadListener listener) {
        @Nullable DownloadException first = null;
        for (ModelInfo candidate : ModelLocator.candidates(model).toList()) {
            try {
                fetch(implementation, candidate, listener);
                return candidate;
            } catch (DownloadException e) {
                if (e.kind() != ErrorKind.USER) {
                    throw e;
                }
                LOG.debug("{} cannot be had for {}", candidate.sources(), model.name(), e);
                // What is wrong with the model itself is of more use than what is wrong with its last resort.
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        throw Objects.requireNonNull(first);
    }

    private void fetch(Implementation implementation, ModelInfo model, DownloadListener listener) {
        List<ModelSource> sources = new ArrayList<>(model.sources());
        // What a model borrows is small: where that cannot be had, nothing large has been fetched in vain.
        Collections.reverse(sources);
        for (ModelSource source : sources) {
            if (source instanceof ModelSource.HubRepository repository) {
                Path cache = model.hfCacheDir();
                // Hashed again, because somebody who downloads a model that is there has found that it does not load.
                HubDownloader.builder(cache == null ? settings : settings.withCache(cache))
                        .rehash(true)
                        .knownRepositories(repositories(implementation))
                        .build()
                        .download(repository, listener);
            } else if (source instanceof ModelSource.DirectDownload direct) {
                HubDownloader.of(settings)
                        .download(direct, model.localPaths().get(0).getParent(), listener);
            } else if (source instanceof ModelSource.Converted) {
                throw new DownloadException(
                        ErrorKind.USER,
                        "Model '" + model.name() + "' of implementation '" + implementation.id()
                                + "' was converted from another one and cannot be downloaded. Convert it again: "
                                + ModelStore.convertCommand(implementation.id(), model.name()));
            } else {
                GeneratedModel.of(source)
                        .ifPresent(generated ->
                                new ModelStore(home, settings.cache()).rewrite(implementation, model, generated));
            }
        }
        if (model.isWhollyFromHub() && !model.localPaths().isEmpty()) {
            ModelCopier copier = new ModelCopier(settings.cache());
            if (sameContents(model)) {
                copier.copy(model);
            } else {
                copier.replace(model);
            }
        }
    }

    private List<String> repositories(Implementation implementation) {
        return implementation.models(home.models()).stream()
                .flatMap(model -> model.repositories().stream())
                .map(ModelSource.HubRepository::repository)
                .distinct()
                .toList();
    }

    /** Returns whether plain files that are there are those that the cache, whose hashes are right, has. */
    private boolean sameContents(ModelInfo model) {
        ModelPresence cached = new ModelLocator(settings.cache()).look(model, ModelPlace.HUB_CACHE);
        return model.localPaths().stream()
                .filter(Files::exists)
                .allMatch(local -> cached.fileFor(local)
                        .map(file -> isSame(local, file.content()))
                        .orElse(true));
    }

    private static boolean isSame(Path local, Path content) {
        try {
            return Files.isSameFile(local, content) || Files.mismatch(local, content) < 0;
        } catch (IOException e) {
            LOG.debug("{} cannot be compared with {}", local, content, e);
            return false;
        }
    }
}
