package io.github.whisperspeedtest.server;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.files.OwnerOnly;
import io.github.whisperspeedtest.files.TemporaryPaths;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploaded recordings on disk, in a directory of this server only.
 *
 * <p>Several servers may use one parent directory. Each holds a lock while it runs; what a killed one left is deleted when the next one
 * starts.
 */
final class Spool implements AutoCloseable {
    private static final String LOCK = ".lock";

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    /** The lock files of this JVM. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final Path lockFile;
    private final FileChannel lock;
    private final AtomicLong count = new AtomicLong();

    private Spool(Path directory, Path lockFile, FileChannel lock) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Deletes left-overs and creates a directory.
     *
     * @param parent created if it does not exist
     */
    static Spool open(Path parent) {
        // A file lock belongs to the whole JVM, so its threads need a lock among themselves.
        synchronized (Spool.class) {
            try {
                Files.createDirectories(parent, OwnerOnly.directory());
                try (FileChannel channel = FileChannel.open(
                                parent.resolve("spool" + LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock all = channel.lock()) {
                    LOG.debug("Sweeping the spool directory under {}", all);
                    sweep(parent);
                    return create(parent);
                }
            } catch (IOException e) {
                throw new WhisperSpeedtestException(
                        ErrorKind.ENVIRONMENT,
                        "Cannot use the directory " + parent + " for uploaded recordings: " + DiskErrors.reason(e)
                                + ". Choose a directory that can be written.",
                        e);
            }
        }
    }

    private static Spool create(Path parent) throws IOException {
        String name = "upload-" + UUID.randomUUID();
        Path lockFile = parent.resolve(name + LOCK);
        FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() == null) {
                throw new IOException("the new file " + lockFile + " is locked");
            }
            Path directory = Files.createDirectory(parent.resolve(name), OwnerOnly.directory());
            TemporaryPaths.add(directory);
            TemporaryPaths.add(lockFile);
            OWN.add(lockFile.toAbsolutePath());
            return new Spool(directory, lockFile, lock);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    private static void sweep(Path parent) throws IOException {
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, "upload-*" + LOCK)) {
            for (Path lockFile : locks) {
                if (!isHeld(lockFile)) {
                    String name = lockFile.getFileName().toString();
                    FileTrees.delete(parent.resolve(name.substring(0, name.length() - LOCK.length())));
                    Files.deleteIfExists(lockFile);
                }
            }
        }
    }

    private static boolean isHeld(Path lockFile) {
        if (OWN.contains(lockFile.toAbsolutePath())) {
            // Closing another channel of the file would release this JVM's lock.
            return true;
        }
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException | IOException e) {
            return true;
        }
    }

    /** Returns the directory of this server. */
    Path directory() {
        return directory;
    }

    /** Returns a path that does not exist. */
    Path newFile() {
        return directory.resolve("recording-" + count.incrementAndGet());
    }

    /** Deletes a recording, if it exists. */
    void delete(Path recording) {
        try {
            Files.deleteIfExists(recording);
        } catch (IOException e) {
            LOG.warn("Cannot delete an uploaded recording: {}", DiskErrors.reason(e));
        }
    }

    /** Deletes the directory with all recordings. */
    @Override
    public void close() {
        try {
            FileTrees.delete(directory);
            lock.close();
            Files.deleteIfExists(lockFile);
        } catch (IOException e) {
            LOG.warn("Cannot delete the directory for uploaded recordings: {}", DiskErrors.reason(e));
        } finally {
            TemporaryPaths.remove(directory);
            TemporaryPaths.remove(lockFile);
            OWN.remove(lockFile.toAbsolutePath());
        }
    }
}
