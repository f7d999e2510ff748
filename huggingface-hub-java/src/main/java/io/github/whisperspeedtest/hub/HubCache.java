package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a cache in the layout of {@code huggingface_hub}; never writes.
 *
 * <p>Other programs may change the cache at any time, and it may contain anything. Reading never fails because of the content: files
 * that cannot be read count as missing, and {@link #scan} reports them as warnings.
 */
public final class HubCache {
    private static final Logger log = LoggerFactory.getLogger(HubCache.class);

    private final Path root;

    /** Creates a reader of the cache at that directory, which need not exist. */
    public HubCache(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** Returns the directory that holds the repositories. */
    public Path root() {
        return root;
    }

    /**
     * Returns the folder of a model's repository, such as {@code models--google-bert--bert-base-uncased}, whether it exists or not.
     *
     * @throws HubException if that is not the name of a repository
     */
    public Path directoryOf(String repository) {
        return root.resolve(HubNames.folderOf(repository));
    }

    /**
     * Returns the name of the model repository whose folder in a cache this is, or empty if it is another directory.
     *
     * @param folder a directory such as {@code models--google-bert--bert-base-uncased} with snapshots in it
     */
    public static Optional<String> repositoryOf(Path folder) {
        return Files.isDirectory(folder.resolve("snapshots"))
                ? RepositoryReader.ofFolder(folder, new ArrayList<>())
                        .filter(RepositoryReader::isModel)
                        .map(RepositoryReader::repository)
                : Optional.empty();
    }

    /**
     * Returns the commit that a revision stands for on this machine.
     *
     * @param revision a branch or tag that was downloaded before, or a commit
     * @return empty if the revision was never downloaded; otherwise a commit whose snapshot may still be missing
     * @throws HubException if a name cannot be one
     */
    public Optional<String> commitOf(String repository, String revision) {
        Path directory = directoryOf(repository);
        HubNames.checkRevision(revision);
        Path ref = HubNames.resolve(directory.resolve("refs"), revision);
        if (Files.isRegularFile(ref)) {
            Optional<String> commit = RepositoryReader.readRef(ref);
            if (commit.isEmpty()) {
                log.debug("{} holds no commit", ref);
            }
            return commit;
        }
        boolean isSnapshot = !revision.contains("/") && Files.isDirectory(snapshotDirectory(directory, revision));
        return isSnapshot || HubNames.isCommit(revision) ? Optional.of(revision) : Optional.empty();
    }

    /**
     * Returns the snapshot of a repository at a revision.
     *
     * @param revision a branch or tag that was downloaded before, or a commit
     * @return empty if the revision is not known here or its snapshot is missing
     * @throws HubException if a name cannot be one
     */
    public Optional<Snapshot> find(String repository, String revision) {
        Path directory = directoryOf(repository);
        return commitOf(repository, revision)
                .map(commit -> snapshotDirectory(directory, commit))
                .filter(Files::isDirectory)
                .map(snapshot -> reader(repository, directory).snapshot(snapshot));
    }

    /**
     * Returns the snapshot that was changed last.
     *
     * @throws HubException if that is not the name of a repository
     */
    public Optional<Snapshot> newest(String repository) {
        Path directory = directoryOf(repository);
        return reader(repository, directory).snapshots().stream().findFirst();
    }

    /** Returns all snapshots of a repository, newest first. */
    List<Snapshot> snapshots(String repository) {
        return reader(repository, directoryOf(repository)).snapshots();
    }

    /** Returns the commits of a repository by the branch or tag that stands for them. */
    Map<String, String> refs(String repository) {
        return reader(repository, directoryOf(repository)).refs(List.of());
    }

    /**
     * Hashes the files of a snapshot and compares them with the listing of the commit, or else with the names of the blobs.
     *
     * @throws HubException with {@link HubException.Reason#CANCELLED} if the thread is interrupted; its interrupt flag stays set
     */
    public List<FileCheck> verify(Snapshot snapshot) {
        Map<String, HubFile> listed = tree(snapshot.repository(), snapshot.commit())
                .map(HubTree::files)
                .orElse(Map.of());
        List<FileCheck> checks = new ArrayList<>();
        for (SnapshotFile file : snapshot.files().values()) {
            HubFile entry = listed.get(file.path());
            checks.add(verified(file, entry == null ? file.blobName() : entry.blobName()));
        }
        return List.copyOf(checks);
    }

    private static FileCheck verified(SnapshotFile file, @Nullable String expected) {
        Path content = file.content();
        if (content == null) {
            return new FileCheck(file, FileCheck.Result.UNREADABLE, expected, null);
        }
        if (expected == null || !ContentHash.isHash(expected)) {
            return new FileCheck(file, FileCheck.Result.UNKNOWN, null, null);
        }
        try (FileChannel channel = FileChannel.open(content, StandardOpenOption.READ)) {
            String actual = new ContentHash(expected).of(channel);
            FileCheck.Result result = actual.equals(expected) ? FileCheck.Result.OK : FileCheck.Result.CORRUPT;
            return new FileCheck(file, result, expected, actual);
        } catch (ClosedByInterruptException e) {
            throw new HubException(
                    HubException.Reason.CANCELLED, "The verification of " + file.file() + " was interrupted.", "", e);
        } catch (IOException e) {
            return new FileCheck(file, FileCheck.Result.UNREADABLE, expected, null);
        }
    }

    /**
     * Returns the partial files of a repository.
     *
     * @throws HubException if that is not the name of a repository
     */
    public List<IncompleteFile> incompleteFiles(String repository) {
        Path directory = directoryOf(repository);
        return reader(repository, directory).incompleteFiles();
    }

    /**
     * Returns the names, sizes and hashes of all files of a commit, if a download saved them.
     *
     * @throws HubException if a name cannot be one
     */
    public Optional<HubTree> tree(String repository, String commit) {
        HubNames.checkRevision(commit);
        return TreeFile.read(directoryOf(repository), commit);
    }

    /**
     * Returns whether a download recorded that the hub has no such file at a commit.
     *
     * @throws HubException if a name cannot be one
     */
    public boolean isKnownAbsent(String repository, String commit, String path) {
        HubNames.checkRevision(commit);
        Path marks = directoryOf(repository).resolve(".no_exist").resolve(commit);
        return Files.isRegularFile(HubNames.resolve(marks, path));
    }

    /** Returns everything in this cache. Empty, without a warning, if the cache does not exist. */
    public CacheScan scan() {
        List<CacheScan.Warning> warnings = new ArrayList<>();
        List<CachedRepository> repositories = new ArrayList<>();
        DiskUsage total = new DiskUsage();
        for (Path entry : rootEntries(warnings)) {
            String name = entry.getFileName().toString();
            Optional<RepositoryReader> reader = RepositoryReader.ofFolder(entry, warnings);
            if (reader.isPresent()) {
                repositories.add(reader.get().read(total));
            } else if (!name.startsWith(".") && !RepositoryReader.isForeignHelper(name)) {
                warnings.add(new CacheScan.Warning(entry, "is not the folder of a repository"));
            }
        }
        repositories.sort(Comparator.comparing(CachedRepository::type).thenComparing(CachedRepository::repository));
        return new CacheScan(root, repositories, total.bytes(), warnings);
    }

    private List<Path> rootEntries(List<CacheScan.Warning> warnings) {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try {
            return RepositoryReader.entries(root);
        } catch (IOException e) {
            warnings.add(new CacheScan.Warning(root, "cannot be read as a directory: " + Failures.reason(e)));
            return List.of();
        }
    }

    private static RepositoryReader reader(String repository, Path directory) {
        return new RepositoryReader("model", repository, directory, new ArrayList<>());
    }

    private static Path snapshotDirectory(Path directory, String commit) {
        return HubNames.resolve(directory.resolve("snapshots"), commit);
    }
}
