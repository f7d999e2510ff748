package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Deletes repositories and revisions from a cache.
 *
 * <p>References go first and contents last, so a deletion that is killed leaves nothing that looks complete. Do not delete a repository
 * while another process downloads or reads it.
 */
public final class CacheCleaner {
    private final HubCache cache;

    /** Creates a cleaner of a cache. */
    public CacheCleaner(HubCache cache) {
        this.cache = cache;
    }

    /**
     * Deletes everything that the cache has of a model's repository; does nothing if there is nothing. If the folder of the
     * repository is a link, only the link is deleted.
     *
     * @return the number of bytes that are free now
     * @throws HubException if that is not the name of a repository, or the disk fails
     */
    public long deleteRepository(String repository) {
        Path directory = cache.directoryOf(repository);
        try {
            if (Files.isSymbolicLink(directory)) {
                Files.delete(directory);
                return 0;
            }
            long before = bytesIn(directory);
            FileTrees.delete(directory.resolve("refs"));
            FileTrees.delete(directory.resolve("snapshots"));
            FileTrees.delete(directory);
            return before;
        } catch (IOException e) {
            throw failure(repository, directory, e);
        }
    }

    /**
     * Deletes a snapshot, the branches and tags that stand for it, and the contents that no other snapshot of the repository uses; does
     * nothing if there is no such snapshot. With the last snapshot the whole repository goes.
     *
     * @param revision a branch or tag that was downloaded before, or a commit
     * @return the number of bytes that are free now
     * @throws HubException if a name is invalid, or the disk fails
     */
    public long deleteRevision(String repository, String revision) {
        Snapshot deleted = cache.find(repository, revision).orElse(null);
        if (deleted == null) {
            return 0;
        }
        Path directory = cache.directoryOf(repository);
        List<Snapshot> others = cache.snapshots(repository).stream()
                .filter(snapshot -> !snapshot.commit().equals(deleted.commit()))
                .toList();
        if (others.isEmpty()) {
            return deleteRepository(repository);
        }
        Set<String> unused = blobs(deleted);
        others.forEach(snapshot -> unused.removeAll(blobs(snapshot)));
        try {
            long before = bytesIn(directory);
            for (Map.Entry<String, String> ref : cache.refs(repository).entrySet()) {
                if (ref.getValue().equals(deleted.commit())) {
                    Files.deleteIfExists(HubNames.resolve(directory.resolve("refs"), ref.getKey()));
                }
            }
            FileTrees.delete(deleted.directory());
            FileTrees.delete(TreeFile.path(directory, deleted.commit()));
            FileTrees.delete(HubNames.resolve(directory.resolve(".no_exist"), deleted.commit()));
            for (String blob : unused) {
                Files.deleteIfExists(directory.resolve("blobs").resolve(blob));
            }
            return before - bytesIn(directory);
        } catch (IOException e) {
            throw failure(repository, directory, e);
        }
    }

    /** Returns the blobs that a snapshot links to; those of files that are no links as far as a listing names them. */
    private Set<String> blobs(Snapshot snapshot) {
        Map<String, HubFile> listed = cache.tree(snapshot.repository(), snapshot.commit())
                .map(HubTree::files)
                .orElse(Map.of());
        Set<String> blobs = new HashSet<>();
        for (SnapshotFile file : snapshot.files().values()) {
            HubFile entry = listed.get(file.path());
            if (file.blobName() != null) {
                blobs.add(file.blobName());
            } else if (entry != null && ContentHash.isHash(entry.blobName())) {
                blobs.add(entry.blobName());
            }
        }
        return blobs;
    }

    private static long bytesIn(Path directory) throws IOException {
        DiskUsage usage = new DiskUsage();
        for (Path file : FileTrees.files(directory)) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                usage.add(file);
            }
        }
        return usage.bytes();
    }

    private static HubException failure(String repository, Path directory, IOException cause) {
        return new HubException(
                HubException.Reason.DISK,
                "Cannot delete '" + repository + "' from " + directory + ": " + Failures.reason(cause) + ".",
                "Check who may write there, and delete again.",
                cause);
    }
}
