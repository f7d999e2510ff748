package io.github.whisperspeedtest.provenance;

import io.github.whisperspeedtest.hub.ContentHash;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out where a model's files come from, and hashes them.
 *
 * <p>The large files of a hub cache are named by their hash and are not read. Other files are read once, and their hashes are cached
 * until they change.
 */
public final class ModelHasher {
    private static final Logger LOG = LoggerFactory.getLogger(ModelHasher.class);

    private static final String SNAPSHOTS = "snapshots";
    private static final String BLOBS = "blobs";

    private final HashCache cache;

    /**
     * Creates a hasher.
     *
     * @param cacheFile the file with the cached hashes; it is created if it does not exist
     */
    public ModelHasher(Path cacheFile) {
        cache = new HashCache(cacheFile);
    }

    /**
     * Returns the files of a model with their repositories and hashes.
     *
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted; it still is after
     */
    public ModelProvenance of(ModelFiles model, HashProgress progress) {
        List<UsedFile> files = new ArrayList<>();
        model.byName().forEach((name, path) -> files.add(used(name, path, progress)));
        return new ModelProvenance(model.model(), files);
    }

    private UsedFile used(String name, Path path, HashProgress progress) {
        Origin origin = Origin.of(path).orElse(null);
        long bytes = 0;
        String sha256 = null;
        try {
            bytes = Files.size(path);
            sha256 = sha256(path, progress);
        } catch (IOException e) {
            LOG.debug("Cannot hash {}", path, e);
        }
        return new UsedFile(
                name,
                path.toString(),
                origin == null ? null : origin.repository(),
                origin == null ? null : origin.commit(),
                bytes,
                sha256);
    }

    private String sha256(Path path, HashProgress progress) throws IOException {
        Path content = path.toRealPath();
        String blob = content.getFileName().toString();
        if (isNamed(content.getParent(), BLOBS) && ContentHash.isHash(blob) && !new ContentHash(blob).isGit()) {
            return blob;
        }
        HashCache.State before = HashCache.State.of(content);
        Optional<String> known = cache.get(content, before);
        if (known.isPresent()) {
            return known.get();
        }
        String sha256 = Hashes.sha256(content, progress);
        if (HashCache.State.of(content).equals(before)) {
            cache.put(content, before, sha256);
        }
        return sha256;
    }

    private static boolean isNamed(@Nullable Path path, String name) {
        return path != null && path.getFileName() != null && path.endsWith(name);
    }

    /** Repository and commit of a file in a hub cache. */
    private record Origin(String repository, String commit) {
        /** Reads {@code models--owner--name/snapshots/commit/…}, the layout of {@code huggingface_hub}. */
        static Optional<Origin> of(Path file) {
            for (Path commit = file.getParent(); commit != null; commit = commit.getParent()) {
                Path snapshots = commit.getParent();
                Path folder = snapshots == null ? null : snapshots.getParent();
                if (folder != null && folder.getFileName() != null && isNamed(snapshots, SNAPSHOTS)) {
                    String hash = commit.getFileName().toString();
                    return HubCache.repositoryOf(folder).map(repository -> new Origin(repository, hash));
                }
            }
            return Optional.empty();
        }
    }
}
