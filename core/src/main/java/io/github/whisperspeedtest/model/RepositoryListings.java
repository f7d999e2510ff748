package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.ConfigFile;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.DownloadPlan;
import io.github.whisperspeedtest.hub.DownloadRequest;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.HubDownloader;
import io.github.whisperspeedtest.hub.HubFile;
import io.github.whisperspeedtest.hub.HubHosts;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.hub.HubTree;
import io.github.whisperspeedtest.hub.Snapshot;
import io.github.whisperspeedtest.hub.SnapshotFile;
import io.github.whisperspeedtest.spi.ModelListing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists the files of repositories, from a Hugging Face cache or from the hub. */
final class RepositoryListings {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryListings.class);

    private final Supplier<HubSettings> hub;
    private final HubHosts hosts = new HubHosts();
    private final Map<RepositoryReference, Listed> known = new ConcurrentHashMap<>();

    RepositoryListings(Supplier<HubSettings> hub) {
        this.hub = hub;
    }

    /**
     * The files of a repository.
     *
     * @param sizes sizes in bytes by name, -1 if unknown
     * @param isWhole whether these are all files; otherwise they are those that someone downloaded
     */
    record Listed(ModelListing listing, Map<String, Long> sizes, boolean isWhole) {
        /** Returns the total size of the given files, 0 if one is unknown. */
        long bytes(List<String> files) {
            List<Long> parts =
                    files.stream().map(file -> sizes.getOrDefault(file, -1L)).toList();
            return parts.contains(-1L)
                    ? 0
                    : parts.stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Returns whether requests are forbidden. */
    boolean isOffline() {
        return hub.get().offline();
    }

    /** Returns what a cache has of a repository, empty if nothing. */
    Optional<Listed> inCache(RepositoryReference reference, @Nullable Path cacheDirectory) {
        HubCache cache = new HubCache(cacheDirectory == null ? hub.get().cacheDirectory() : cacheDirectory);
        return HubAccess.call(() -> {
            String repository = reference.repository();
            return RepositoryPresence.snapshot(cache, repository, reference.revision())
                    .map(found -> {
                        Optional<HubTree> tree = cache.tree(repository, found.commit());
                        Optional<Path> config = Optional.ofNullable(
                                        found.files().get(ModelListing.CONFIG))
                                .map(SnapshotFile::content);
                        boolean lacksConfig = config.isEmpty()
                                && tree.filter(listed -> listed.files().containsKey(ModelListing.CONFIG))
                                        .isPresent();
                        return tree.isPresent() && !lacksConfig
                                ? listed(reference, sizes(tree.get()), config.orElse(null), true)
                                : listed(reference, sizes(found), config.orElse(null), false);
                    });
        });
    }

    /**
     * Returns the files of a repository on the hub; downloads only its config, which is small.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the hub does not have the repository, does not
     *     allow access, or cannot be reached, or requests are forbidden
     */
    Listed onHub(RepositoryReference reference) {
        return known.computeIfAbsent(reference, this::request);
    }

    private Listed request(RepositoryReference reference) {
        LOG.debug("Requesting the files of {}", reference);
        return HubAccess.call(() -> {
            DownloadPlan plan = HubDownloader.builder(hub.get())
                    .hosts(hosts)
                    .build()
                    .download(
                            new DownloadRequest(
                                    reference.repository(), reference.revision(), List.of(ModelListing.CONFIG + "?")),
                            DownloadListener.SILENT);
            Path config = plan.files().isEmpty() ? null : plan.directory().resolve(ModelListing.CONFIG);
            return listed(reference, sizes(plan.tree()), config, true);
        });
    }

    private static Listed listed(
            RepositoryReference reference, Map<String, Long> sizes, @Nullable Path config, boolean isWhole) {
        // A name with a character of FilePattern would match other files.
        Set<String> names = sizes.keySet().stream()
                .filter(name -> name.chars().noneMatch(character -> "*|?".indexOf(character) >= 0))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        RepositoryReference whole = new RepositoryReference(reference.repository(), reference.revision(), null);
        return new Listed(
                new ModelListing(whole.toString(), true, names, reference.file(), config(config)), sizes, isWhole);
    }

    private static Map<String, Long> sizes(HubTree tree) {
        return tree.files().values().stream()
                .collect(Collectors.toMap(HubFile::path, HubFile::size, (first, other) -> first, LinkedHashMap::new));
    }

    private static Map<String, Long> sizes(Snapshot snapshot) {
        Collection<SnapshotFile> files = snapshot.files().values();
        return files.stream()
                .collect(Collectors.toMap(
                        SnapshotFile::path, SnapshotFile::size, (first, other) -> first, LinkedHashMap::new));
    }

    /** Returns the config in a file, or null if it is unreadable, which the loader reports in detail. */
    static @Nullable ConfigFile config(@Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            return ConfigFile.read(file);
        } catch (IOException | ModelException e) {
            LOG.debug("Cannot read {}", file, e);
            return null;
        }
    }
}
