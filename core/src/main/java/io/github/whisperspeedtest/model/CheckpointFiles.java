package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.files.TemporaryPaths;
import io.github.whisperspeedtest.spi.Implementation;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a model in an implementation's format into its own directory.
 *
 * <p>The files are written into a hidden sibling directory, which is then renamed, so a partial model is never
 * visible.
 */
final class CheckpointFiles {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFiles.class);

    private final Implementation implementation;
    private final Path target;
    private final List<String> names;

    /**
     * Creates a writer of the given files.
     *
     * @param implementation an implementation with a checkpoint writer
     * @param target the model's directory
     * @param names the file names in the directory
     */
    CheckpointFiles(Implementation implementation, Path target, List<String> names) {
        this.implementation = implementation;
        this.target = target;
        this.names = names;
    }

    /** Checks the files before they are published. An exception discards them. */
    interface Check {
        /** Accepts everything. */
        Check NONE = directory -> {};

        /** Checks the files in their temporary directory. */
        void accept(Path directory) throws IOException;
    }

    /**
     * Writes the model.
     *
     * @param replace whether an existing directory is replaced; otherwise only missing files are added
     * @throws IOException if the disk fails
     * @throws OperationCancelledException if the thread is interrupted; the interrupt flag stays set
     * @throws io.github.whisperspeedtest.error.ModelException if the format does not support this checkpoint
     */
    void write(Checkpoint checkpoint, String quantization, boolean replace, Check check) throws IOException {
        LOG.debug("Writing {} for {} to {}", quantization, implementation.id(), target);
        // Not a system temporary directory: its permissions would be private, but the published model follows the
        // umask.
        Path partial = hidden();
        TemporaryPaths.add(partial);
        try {
            Files.createDirectories(target.getParent());
            Files.createDirectory(partial);
            implementation.checkpointWriter().orElseThrow().write(checkpoint, quantization, partial, names);
            for (String name : names) {
                if (!Files.exists(partial.resolve(name))) {
                    throw new IllegalStateException("The writer of implementation '" + implementation.id()
                            + "' did not write the file '" + name + "'");
                }
            }
            check.accept(partial);
            publish(partial, replace);
        } catch (IOException e) {
            OperationCancelledException.throwIfInterrupted("Writing " + target, e);
            throw e;
        } finally {
            discard(partial);
            TemporaryPaths.remove(partial);
        }
    }

    /**
     * Publishes the model.
     *
     * <p>If the directory exists, another process wrote it first or some of its files were deleted. The directory is
     * then replaced, or only its missing files are added.
     */
    private void publish(Path partial, boolean replace) throws IOException {
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
            if (replace) {
                replace(partial);
                return;
            }
            for (String name : names) {
                if (!Files.exists(target.resolve(name))) {
                    Files.move(partial.resolve(name), target.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
    }

    /** Replaces the whole directory, so no file of the old model is left. */
    private void replace(Path partial) throws IOException {
        Path old = hidden();
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.exists(target)) {
                putBack(old, e);
                throw e;
            }
            // Another process has just replaced the old model with the same new one.
        }
        discard(old);
    }

    private void putBack(Path old, IOException failure) {
        try {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("Cannot restore {}; its previous files are in {}", target, old, e);
            failure.addSuppressed(e);
        }
    }

    /** Returns an unused hidden path beside the model's directory. */
    private Path hidden() {
        return target.resolveSibling(AtomicFiles.hiddenName());
    }

    private static void discard(Path directory) {
        try {
            FileTrees.delete(directory);
        } catch (IOException e) {
            LOG.debug("Cannot delete {}", directory, e);
        }
    }
}
