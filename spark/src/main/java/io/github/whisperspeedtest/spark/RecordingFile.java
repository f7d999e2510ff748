package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.files.DiskErrors;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.storage.DiskBlockManager;
import org.jspecify.annotations.Nullable;

/**
 * A recording as a file of this machine, for decoders and engines.
 *
 * <p>A recording of another file system is copied into Spark's own temporary directories, and the copy is deleted at the end.
 */
final class RecordingFile implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final int ATTEMPTS = 3;

    /** Attempts at a task on a cluster; source: Spark's {@code spark.task.maxFailures}. In local mode there is one. */
    private static final int DEFAULT_ATTEMPTS = 4;

    private final Path path;
    private final boolean isCopy;

    private RecordingFile(Path path, boolean isCopy) {
        this.path = path;
        this.isCopy = isCopy;
    }

    /**
     * Makes a recording readable.
     *
     * @param path URI as Hadoop's file systems know it
     * @param found whether it was there when it was measured. If it is not here, or reading fails three times, this machine may be the
     *     reason, so the task fails; only the last attempt of Spark takes it for the recording's failure
     * @throws UnreadableException if it is missing, access is denied, or reading failed
     * @throws UncheckedIOException if reading failed, and Spark will try again, or if the temporary directory cannot be written, which is a failure of this machine and not of the
     *     recording
     */
    static RecordingFile of(String path, boolean found, Configuration hadoop)
            throws UnreadableException, InterruptedException {
        IOException last = null;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(path);
                FileSystem files = source.getFileSystem(hadoop);
                if (files instanceof LocalFileSystem local) {
                    Path file = local.pathToFile(source).toPath();
                    if (!Files.exists(file)) {
                        throw new FileNotFoundException(path);
                    }
                    return new RecordingFile(file, false);
                }
                return copied(() -> files.open(source));
            } catch (FileNotFoundException e) {
                repeat(found, path, e);
                throw new UnreadableException(
                        "Cannot read '" + path + "': the file does not exist. Check the path.", e);
            } catch (AccessControlException e) {
                throw new UnreadableException(
                        "Cannot read '" + path + "': access denied. Give the user of the executors access.", e);
            } catch (IllegalArgumentException e) {
                throw new UnreadableException(
                        "Cannot read '" + path + "': expected the URI of a file (" + e.getMessage() + ").", e);
            } catch (IOException e) {
                last = e;
                if (attempt < ATTEMPTS) {
                    TimeUnit.SECONDS.sleep(attempt);
                }
            }
        }
        repeat(true, path, last);
        throw new UnreadableException(
                "Cannot read '" + path + "': reading failed " + ATTEMPTS + " times (" + last
                        + "). Check the file system, and transcribe it again.",
                last);
    }

    /** Fails the task if another attempt of it may read what this one cannot. */
    private static void repeat(boolean may, String path, @Nullable IOException cause) {
        TaskContext task = TaskContext.get();
        int attempts = SparkEnv.get().conf().getInt("spark.task.maxFailures", DEFAULT_ATTEMPTS);
        String master = SparkEnv.get().conf().get("spark.master", "");
        boolean isLocal = master.equals("local") || master.startsWith("local[");
        if (may && task != null && !isLocal && task.attemptNumber() < attempts - 1) {
            throw new UncheckedIOException(
                    "Cannot read '" + path + "' on this executor. Spark tries again, if possible on another one.",
                    cause == null ? new IOException(path) : cause);
        }
    }

    /** Writes bytes to a file; the exceptions are those of {@link #of}. */
    static RecordingFile of(byte[] content) {
        Path copy = temporary();
        try {
            Files.write(copy, content);
            return new RecordingFile(copy, true);
        } catch (IOException e) {
            deleteRest(copy, e);
            throw unwritable(copy, e);
        }
    }

    private static RecordingFile copied(Source source) throws IOException {
        Path copy = temporary();
        try (InputStream in = source.open();
                OutputStream out = create(copy)) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                write(out, buffer, count, copy);
            }
            return new RecordingFile(copy, true);
        } catch (IOException | RuntimeException e) {
            deleteRest(copy, e);
            throw e;
        }
    }

    /** The failure that is reported is the one before, not that of the deletion. */
    private static void deleteRest(Path copy, Exception failure) {
        try {
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static OutputStream create(Path copy) {
        try {
            return Files.newOutputStream(copy);
        } catch (IOException e) {
            throw unwritable(copy, e);
        }
    }

    /** Reading and writing both throw {@link IOException}, but only the first is a failure of the recording. */
    private static void write(OutputStream out, byte[] buffer, int count, Path copy) {
        try {
            out.write(buffer, 0, count);
        } catch (IOException e) {
            throw unwritable(copy, e);
        }
    }

    /**
     * Returns a new file in one of Spark's temporary directories, which the executor or its worker empties.
     *
     * @throws UncheckedIOException if a directory for it cannot be created
     */
    static Path temporary() {
        DiskBlockManager disk = SparkEnv.get().blockManager().diskBlockManager();
        try {
            return disk.createTempLocalBlock()._2().toPath();
        } catch (Exception e) {
            // Scala declares no exceptions, so that the compiler does not know of this one.
            if (e instanceof IOException failure) {
                throw unwritable(disk.localDirs()[0].toPath(), failure);
            }
            throw e;
        }
    }

    static UncheckedIOException unwritable(Path file, IOException cause) {
        return new UncheckedIOException(
                "Cannot write '" + file + "': " + DiskErrors.reason(cause)
                        + ". Make room on this executor's spark.local.dir, or check its permissions.",
                cause);
    }

    /** Returns the file. */
    Path path() {
        return path;
    }

    @Override
    public void close() {
        if (isCopy) {
            delete(path);
        }
    }

    /** Deletes a file that {@link #temporary} named. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Source {
        InputStream open() throws IOException;
    }

    /** A recording cannot be read. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
