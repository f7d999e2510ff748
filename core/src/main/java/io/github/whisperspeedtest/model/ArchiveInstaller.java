package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.DownloadPlan;
import io.github.whisperspeedtest.hub.DownloadRequest;
import io.github.whisperspeedtest.hub.FreeSpace;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.HubDownloader;
import io.github.whisperspeedtest.hub.HubHosts;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource.HubArchive;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads archives of the hub and unpacks them.
 *
 * <p>An archive is downloaded into a hidden directory beside its target and deleted when it is unpacked. If the default
 * Hugging Face cache has it, that copy is used and kept. The unpacked directory appears by a rename, after its {@link
 * UnpackedManifest}. Several processes may install the same archive: one does, and the others wait for it.
 */
final class ArchiveInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveInstaller.class);

    /** A file lock belongs to the whole JVM, so its threads need a lock among themselves. */
    private static final Map<Path, Object> LOCKS = new ConcurrentHashMap<>();

    private final HubSettings settings;
    private final HubHosts hosts;
    private final List<String> knownRepositories;
    private final Space space;

    /** The free space at a path; a test can replace it. */
    interface Space {
        /** Returns the number of bytes that can be written below a directory. */
        long usableBytes(Path directory) throws IOException;
    }

    ArchiveInstaller(HubSettings settings, HubHosts hosts, List<String> knownRepositories) {
        this(settings, hosts, knownRepositories, FreeSpace::at);
    }

    ArchiveInstaller(HubSettings settings, HubHosts hosts, List<String> knownRepositories, Space space) {
        this.settings = settings;
        this.hosts = hosts;
        this.knownRepositories = knownRepositories;
        this.space = space;
    }

    /** Returns the directory for an archive while it is downloaded and unpacked: a Hugging Face cache and the new files. */
    static Path workDirectory(Path target) {
        return target.resolveSibling("." + target.getFileName() + ".download");
    }

    /**
     * Installs an archive unless its unpacked files are intact.
     *
     * @param model the model whose one path is the directory for the files
     * @param source the archive
     * @throws io.github.whisperspeedtest.hub.HubException if the download fails; the next attempt resumes it
     * @throws DownloadException if the archive is damaged, or cannot be unpacked
     * @throws OperationCancelledException if the thread is interrupted
     */
    void install(ModelInfo model, HubArchive source, DownloadListener listener) {
        Path target = model.localPaths().get(0);
        Path lockFile = target.resolveSibling("." + target.getFileName() + ".lock");
        synchronized (LOCKS.computeIfAbsent(lockFile, unused -> new Object())) {
            try {
                Files.createDirectories(target.getParent());
                try (FileChannel channel =
                                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    LOG.debug("Installing {}, locked by {}", target, lock);
                    if (!isIntact(model, source)) {
                        installLocked(source, target, listener);
                    }
                }
            } catch (IOException e) {
                OperationCancelledException.throwIfInterrupted("The installation of " + target, e);
                throw new DownloadException(
                        ErrorKind.ENVIRONMENT,
                        "Cannot unpack " + source.file() + " into " + target + ": " + DiskErrors.reason(e)
                                + ". Free disk space, check who may write there, or move the models directory with "
                                + ToolHome.MODELS_VARIABLE + ".",
                        e);
            }
        }
    }

    /** Returns whether another process has installed it meanwhile. */
    private static boolean isIntact(ModelInfo model, HubArchive source) {
        ModelPresence presence = UnpackedPresence.look(model, source, ModelPlace.LOCAL_CACHE);
        return presence.isPresent() && presence.files().stream().allMatch(ModelFile::isIntact);
    }

    private void installLocked(HubArchive source, Path target, DownloadListener listener) throws IOException {
        Path work = workDirectory(target);
        Path unpacked = work.resolve("unpacked");
        // What a killed process left.
        FileTrees.delete(unpacked);
        DownloadPlan plan = download(source, work, listener);
        Path archive = plan.paths().get(source.file());
        try {
            Files.createDirectories(unpacked);
            UnpackedManifest manifest = ArchiveUnpacker.unpack(archive, unpacked, bytes -> checkSpace(target, bytes));
            publish(
                    unpacked,
                    manifest,
                    target,
                    source.repository() + "@" + plan.commit() + " " + source.file(),
                    work.resolve("replaced"));
        } catch (ModelException e) {
            // Its hash is right, so the same archive would come again. But the hub may get a new one.
            FileTrees.delete(work);
            throw new DownloadException(
                    ErrorKind.ENVIRONMENT,
                    "The archive " + source.file() + " of " + source.repository() + " is refused. " + e.getMessage(),
                    e);
        } catch (IOException e) {
            FileTrees.delete(unpacked);
            throw e;
        }
        FileTrees.delete(work);
    }

    private DownloadPlan download(HubArchive source, Path work, DownloadListener listener) {
        boolean isCached = new HubCache(settings.cacheDirectory())
                .find(source.repository(), source.revision())
                .map(snapshot -> snapshot.files().get(source.file()))
                .filter(file -> !file.isBroken())
                .isPresent();
        return HubDownloader.builder(isCached ? settings : settings.withCacheDirectory(work))
                .rehash(true)
                .knownRepositories(knownRepositories)
                .hosts(hosts)
                .build()
                .download(
                        new DownloadRequest(source.repository(), source.revision(), List.of(source.file())), listener);
    }

    private void checkSpace(Path target, long bytes) throws IOException {
        long free = space.usableBytes(target);
        if (free < bytes) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "the unpacked files need %.1f MB, and the disk has %.1f MB free",
                    bytes / 1e6,
                    free / 1e6));
        }
    }

    /**
     * Moves the new files into place.
     *
     * <p>The list is replaced while there is no directory. So a directory and its list always belong together, even if
     * the process is killed in between.
     */
    private static void publish(Path unpacked, UnpackedManifest manifest, Path target, String origin, Path replaced)
            throws IOException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            FileTrees.delete(replaced);
            Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
        }
        manifest.write(UnpackedManifest.pathFor(target), origin);
        Files.move(unpacked, target, StandardCopyOption.ATOMIC_MOVE);
    }
}
