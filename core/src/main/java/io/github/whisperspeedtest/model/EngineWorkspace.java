package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.files.TemporaryPaths;
import io.github.whisperspeedtest.spi.BuiltEngine;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A temporary directory for the build of an engine. Closing it deletes the directory. Only one per {@link EngineStore} is open. */
public final class EngineWorkspace implements AutoCloseable {
    private static final String LOCK = ".lock";

    /** Processes that were told to end may still write. */
    private static final int DELETION_ATTEMPTS = 3;

    private static final long DELETION_PAUSE_MILLIS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(EngineWorkspace.class);

    private final Path store;
    private final FileChannel lockFile;
    private final Path directory;

    private EngineWorkspace(Path store, FileChannel lockFile) {
        this.store = store;
        this.lockFile = lockFile;
        directory = store.resolve(AtomicFiles.hiddenName());
    }

    static EngineWorkspace begin(Path store) throws IOException {
        Files.createDirectories(store);
        FileChannel lockFile =
                FileChannel.open(store.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock(lockFile) == null) {
                throw new EngineUnavailableException("Cannot build in " + store
                        + ": another build is running there. Wait until it ends, then try again.");
            }
            deleteHidden(store, List.of(LOCK));
            EngineWorkspace workspace = new EngineWorkspace(store, lockFile);
            workspace.create();
            return workspace;
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another thread of this JVM has it.
            return null;
        }
    }

    private void create() throws IOException {
        TemporaryPaths.add(directory);
        Files.createDirectory(directory);
        try {
            // Fails now and not after the build if the file system has no links.
            link(directory.resolve(".link-check"), directory);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Returns the directory, which is at first empty except for hidden files. */
    public Path directory() {
        return directory;
    }

    /** Returns the file for the output of the build tools, which is kept. */
    public Path log(String version) {
        return store.resolve("build-" + version + ".log");
    }

    /**
     * Copies the libraries to their final directory. They replace those of an earlier build of the same version atomically.
     *
     * @param version numbers separated by dots
     * @param libraries each library by its file name in that directory; symbolic links are followed
     * @throws IOException if a file cannot be read or written; an earlier build remains
     */
    public BuiltEngine install(String version, Map<String, Path> libraries) throws IOException {
        if (!EngineStore.isVersion(version)) {
            throw new IllegalArgumentException("not a version: " + version);
        }
        Path content = directory.resolve(AtomicFiles.hiddenName());
        Files.createDirectory(content);
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
            Files.copy(library.getValue(), content.resolve(library.getKey()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path home = Files.createDirectories(store.resolve(version));
        Path installed = home.resolve(content.getFileName());
        Files.move(content, installed, StandardCopyOption.ATOMIC_MOVE);
        Path current = home.resolve(EngineStore.LIBRARIES);
        try {
            Path link = link(directory.resolve(".new"), content.getFileName());
            Files.move(link, current, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            FileTrees.delete(installed);
            throw e;
        }
        try {
            deleteHidden(home, List.of(installed.getFileName().toString()));
        } catch (IOException e) {
            LOG.warn("Cannot delete the libraries of the earlier build in {}", home, e);
        }
        return new BuiltEngine(version, current);
    }

    private static Path link(Path link, Path target) throws IOException {
        try {
            return Files.createSymbolicLink(link, target);
        } catch (UnsupportedOperationException e) {
            throw new IOException("cannot create the symbolic link " + link, e);
        }
    }

    private static void deleteHidden(Path directory, List<String> kept) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.toList()) {
                String name = child.getFileName().toString();
                if (name.startsWith(".") && !kept.contains(name)) {
                    FileTrees.delete(child);
                }
            }
        }
    }

    @Override
    public void close() {
        try (lockFile) {
            delete();
        } catch (IOException e) {
            LOG.warn("Cannot delete the temporary directory {}", directory, e);
        }
        TemporaryPaths.remove(directory);
    }

    private void delete() throws IOException {
        for (int attempt = 1; attempt < DELETION_ATTEMPTS; attempt++) {
            try {
                FileTrees.delete(directory);
                return;
            } catch (IOException e) {
                LOG.debug("Cannot delete {} yet", directory, e);
                pause();
            }
        }
        FileTrees.delete(directory);
    }

    private static void pause() {
        boolean interrupted = Thread.interrupted();
        try {
            Thread.sleep(DELETION_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
