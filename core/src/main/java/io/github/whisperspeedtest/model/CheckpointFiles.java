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
 * Writes a model in an implementation's format, into a directory of its own that holds nothing else.
 *
 * <p>The files are written into a directory beside the final one, which then takes its name, so that nobody ever sees half a model.
 */
final class CheckpointFiles {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFiles.class);

    private final Implementation implementation;
    private final Path target;
    private final List<String> names;

    /**
     * Names the files.
     *
     * @param implementation has a writer
     * @param target the model's directory
     * @param names its files there
     */
    CheckpointFiles(Implementation implementation, Path target, List<String> names) {
        this.implementation = implementation;
        this.target = target;
        this.names = names;
    }

    /** Looks at files before they become the model; an exception keeps them from it. */
    interface Check {
        /** Accepts everything. */
        Check NONE = directory -> {};

        /** Looks at the files in a directory that will take another name. */
        void accept(Path directory) throws IOException;
    }

    /**
     * Writes the model.
     *
     * @param replace whether a directory that is there already is replaced, rather than only given the files that it has not
     * @throws IOException if the disk fails
     * @throws OperationCancelledException if the thread is interrupted; it still is after
     * @throws io.github.whisperspeedtest.error.ModelException if the format cannot hold such a checkpoint
     */
    void write(Checkpoint checkpoint, String quantization, boolean replace, Check check) throws IOException {
        LOG.debug("Writing {} for {} to {}", quantization, implementation.id(), target);
        // Not a temporary directory of the system's kind: others may read what ends up here, as far as the umask lets
        // them.
        Path partial = hidden();
        TemporaryPaths.add(partial);
        try {
            Files.createDirectories(target.getParent());
            Files.createDirectory(partial);
            implementation.checkpointWriter().orElseThrow().write(checkpoint, quantization, partial, names);
            for (String name : names) {
                if (!Files.exists(partial.resolve(name))) {
                    throw new IllegalStateException("The writer of implementation '" + implementation.id()
                            + "' was to write a file '" + name + "' but did not");
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
     * Makes the model visible.
     *
     * <p>Where its directory is there already, another process was first, or somebody deleted some of its files: those
     * that are missing are put back, or the whole directory makes place where it is to be replaced.
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

    /** Puts the new directory in the place of the old one, so that no file survives which the new model does not have. */
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
            // Another process has replaced the model meanwhile, with one that is as new.
        }
        discard(old);
    }

    private void putBack(Path old, IOException failure) {
        try {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("The former files of {} are left in {}", target, old, e);
            failure.addSuppressed(e);
        }
    }

    /** Returns a name beside the model's directory that is nobody's model. */
    private Path hidden() {
        return target.resolveSibling(AtomicFiles.hiddenName());
    }

    private static void discard(Path directory) {
        try {
            FileTrees.delete(directory);
        } catch (IOException e) {
            LOG.debug("Left behind {}", directory, e);
        }
    }
}
