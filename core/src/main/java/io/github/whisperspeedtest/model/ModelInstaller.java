package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.DownloadRequest;
import io.github.whisperspeedtest.hub.HubDownloader;
import io.github.whisperspeedtest.hub.HubException;
import io.github.whisperspeedtest.hub.HubHosts;
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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Installs models from the hub, from their own URLs, or from this library. */
public final class ModelInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(ModelInstaller.class);

    private final ToolHome home;
    private final HubSettings settings;
    private final HubHosts hosts = new HubHosts();

    /** The hub client rethrows the same exception for a server that it does not contact again; so does this class. */
    private final Map<HubException, WhisperSpeedtestException> failures = new ConcurrentHashMap<>();

    /** Creates an installer for the given directories and hub. It does not retry a server that was unreachable. */
    public ModelInstaller(ToolHome home, HubSettings settings) {
        this.home = home;
        this.settings = settings;
    }

    /**
     * Installs a model where its implementation looks for it. Files that are present are not downloaded again.
     *
     * <p>Files from the hub go into the cache that the implementation uses. If it needs all of them as plain files,
     * they go into the default cache and are linked from there, which saves space. If the hub does not have a
     * repository, the model's next fallback is used. A failed download of a companion is logged as a warning.
     *
     * @return the installed model: the requested one or a fallback
     * @throws io.github.whisperspeedtest.error.UnknownNameException if the model is unknown
     * @throws DownloadException if the download fails; the next attempt resumes it
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the disk fails
     */
    public ModelInfo install(Implementation implementation, String model, DownloadListener listener) {
        ModelInfo info = new ModelCatalog(home.models()).require(implementation, model);
        ModelInfo installed = installAlone(implementation, info, listener);
        for (ModelInfo companion : info.companions()) {
            try {
                installCompanion(implementation, companion, listener);
            } catch (OperationCancelledException e) {
                throw e;
            } catch (WhisperSpeedtestException e) {
                LOG.warn("{} works without {}: {}", model, companion.name(), e.getMessage());
                LOG.debug("Cannot download {}", companion.name(), e);
            }
        }
        return installed;
    }

    /**
     * Installs a model as {@link #install} does, but without its companions.
     *
     * @param model a model of the implementation
     * @return the installed model: the requested one or a fallback
     * @throws DownloadException if the download fails; the next attempt resumes it
     * @throws WhisperSpeedtestException if the disk fails
     */
    public ModelInfo installAlone(Implementation implementation, ModelInfo model, DownloadListener listener) {
        return installFirst(implementation, model, repositories(implementation), listener);
    }

    /**
     * Installs a companion of a model if it is missing or damaged.
     *
     * @param companion a companion of one of the implementation's models
     * @return whether this call installed it
     * @throws DownloadException if the download fails; the next attempt resumes it
     * @throws WhisperSpeedtestException if the disk fails
     */
    public boolean installCompanion(Implementation implementation, ModelInfo companion, DownloadListener listener) {
        if (isIntact(new ModelLocator(settings.cacheDirectory()).best(companion))) {
            return false;
        }
        installFirst(implementation, companion, List.of(), listener);
        return true;
    }

    private static boolean isIntact(Optional<ModelPresence> found) {
        return found.isPresent() && found.get().files().stream().allMatch(ModelFile::isIntact);
    }

    /** Installs a model or, if the hub does not have it, its first available fallback. */
    private ModelInfo installFirst(
            Implementation implementation, ModelInfo model, List<String> knownRepositories, DownloadListener listener) {
        @Nullable DownloadException first = null;
        for (ModelInfo candidate : ModelLocator.candidates(model).toList()) {
            try {
                fetch(implementation, candidate, knownRepositories, listener);
                return candidate;
            } catch (DownloadException e) {
                if (e.kind() != ErrorKind.USER) {
                    throw e;
                }
                LOG.debug("Cannot download {} for {}", candidate.sources(), model.name(), e);
                // The failure of the model itself is more useful than that of its last fallback.
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        throw Objects.requireNonNull(first);
    }

    private void fetch(
            Implementation implementation, ModelInfo model, List<String> knownRepositories, DownloadListener listener) {
        List<ModelSource> sources = new ArrayList<>(model.sources());
        // Borrowed files are small. Download them first, so that a failure does not waste a large download.
        Collections.reverse(sources);
        Fetch fetch = new Fetch(implementation, model, knownRepositories, listener);
        for (ModelSource source : sources) {
            source.accept(fetch).run();
        }
        if (model.isWhollyFromHub() && !model.localPaths().isEmpty()) {
            ModelCopier copier = new ModelCopier(settings.cacheDirectory());
            if (sameContents(model)) {
                copier.copy(model);
            } else {
                copier.replace(model);
            }
        }
    }

    /** Returns the work that installs the files of one source. */
    private final class Fetch implements ModelSource.Visitor<Runnable> {
        private final Implementation implementation;
        private final ModelInfo model;
        private final List<String> knownRepositories;
        private final DownloadListener listener;

        Fetch(
                Implementation implementation,
                ModelInfo model,
                List<String> knownRepositories,
                DownloadListener listener) {
            this.implementation = implementation;
            this.model = model;
            this.knownRepositories = knownRepositories;
            this.listener = listener;
        }

        @Override
        public Runnable hubRepository(ModelSource.HubRepository source) {
            Path cache = model.hfCacheDir();
            // Hash existing files again: users download a model again when it fails to load.
            DownloadRequest request = new DownloadRequest(source.repository(), source.revision(), source.files());
            return () -> translating(
                    () -> HubDownloader.builder(cache == null ? settings : settings.withCacheDirectory(cache))
                            .rehash(true)
                            .knownRepositories(knownRepositories)
                            .hosts(hosts)
                            .build()
                            .download(request, listener));
        }

        @Override
        public Runnable hubArchive(ModelSource.HubArchive source) {
            return () -> translating(
                    () -> new ArchiveInstaller(settings, hosts, knownRepositories).install(model, source, listener));
        }

        @Override
        public Runnable directDownload(ModelSource.DirectDownload source) {
            Path directory = model.localPaths().get(0).getParent();
            return () -> translating(() -> HubDownloader.builder(settings)
                    .hosts(hosts)
                    .build()
                    .downloadFile(source.url(), directory, source.fileName(), source.sha256(), listener));
        }

        @Override
        public Runnable embedded(ModelSource.Embedded source) {
            return write(source);
        }

        @Override
        public Runnable randomWeights(ModelSource.RandomWeights source) {
            return write(source);
        }

        @Override
        public Runnable converted(ModelSource.Converted source) {
            throw new DownloadException(
                    ErrorKind.USER,
                    "Model '" + model.name() + "' of implementation '" + implementation.id()
                            + "' was converted from another model and cannot be downloaded. Convert it again: "
                            + ModelStore.convertCommand(implementation.id(), model.name()));
        }

        @Override
        public Runnable userFiles(ModelSource.UserFiles source) {
            return () -> {};
        }

        private Runnable write(ModelSource source) {
            return () -> GeneratedModel.of(source)
                    .ifPresent(generated ->
                            new ModelStore(home, settings.cacheDirectory()).rewrite(implementation, model, generated));
        }
    }

    private void translating(Runnable download) {
        try {
            download.run();
        } catch (HubException e) {
            throw failures.computeIfAbsent(e, HubAccess::translated);
        }
    }

    private List<String> repositories(Implementation implementation) {
        return implementation.models(home.models()).stream()
                .flatMap(model -> model.repositories().stream())
                .map(ModelSource.HubRepository::repository)
                .distinct()
                .toList();
    }

    /** Returns whether the existing plain files equal those in the cache, whose hashes are verified. */
    private boolean sameContents(ModelInfo model) {
        ModelPresence cached = new ModelLocator(settings.cacheDirectory()).look(model, ModelPlace.HUB_CACHE);
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
            LOG.debug("Cannot compare {} with {}", local, content, e);
            return false;
        }
    }
}
