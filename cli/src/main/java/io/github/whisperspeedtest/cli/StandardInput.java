package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.audio.RawFormat;
import io.github.whisperspeedtest.benchmark.BenchmarkInput;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.files.TemporaryPaths;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Standard input as a recording.
 *
 * <p>It is copied to a temporary file first: a child JVM and ffmpeg cannot read from it, and some formats have their index at
 * the end. The file is deleted on {@link #close} and when a signal ends the process.
 */
final class StandardInput implements AutoCloseable {
    /** The name in messages, reports and output files. */
    static final String NAME = BenchmarkInput.STANDARD_INPUT;

    private static final Logger LOG = LoggerFactory.getLogger(StandardInput.class);

    private static final String ARGUMENT = "-";

    /** 24 hours of 16-bit stereo at 48 kHz. An endless stream must not fill the disk. */
    private static final long MAX_BYTES = 24L * 3600 * 48_000 * 4;

    private static final int PROGRESS_MILLIS = 250;
    private static final int BLOCK = 1 << 16;

    private final InputStream in;
    private final @Nullable RawFormat format;
    private final long maxBytes;
    private @Nullable Path copy;
    private volatile long copied;
    private volatile boolean closed;

    StandardInput(InputStream in, @Nullable RawFormat format) {
        this(in, format, MAX_BYTES);
    }

    /**
     * Creates an instance with a limit.
     *
     * @param format the format of samples without a header, null for a file of any audio format
     * @param maxBytes the most bytes to read
     */
    StandardInput(InputStream in, @Nullable RawFormat format, long maxBytes) {
        this.in = in;
        this.format = format;
        this.maxBytes = maxBytes;
    }

    /** Returns whether an argument of the command line stands for standard input. */
    static boolean isMeantBy(Path argument) {
        return argument.toString().equals(ARGUMENT);
    }

    /** Returns the name of an argument in messages. */
    static String nameOf(Path argument) {
        return isMeantBy(argument) ? NAME : argument.toString();
    }

    /** Returns the format of samples without a header, null for a file of any audio format. */
    @Nullable
    RawFormat format() {
        return format;
    }

    /**
     * Reads the recording.
     *
     * @throws AudioException if there is no audio, or too much
     * @throws WhisperSpeedtestException if the disk is full
     * @throws OperationCancelledException if the thread is interrupted
     */
    Audio read(ProgressLine progress) {
        Path file = file(progress);
        if (format == null) {
            return AudioFiles.read(NAME, file);
        }
        try (InputStream samples = Files.newInputStream(file)) {
            return AudioFiles.read(NAME, samples, format);
        } catch (IOException e) {
            throw new AudioException("Cannot read '" + NAME + "': " + DiskErrors.reason(e) + ".", e);
        }
    }

    /**
     * Reads standard input to its end, and returns the file with its content.
     *
     * @throws AudioException if it is empty, too long or unreadable
     * @throws WhisperSpeedtestException if the disk is full
     * @throws OperationCancelledException if the thread is interrupted
     */
    Path file(ProgressLine progress) {
        Path file = createFile();
        // A read from a pipe cannot be interrupted.
        FutureTask<Void> copying = new FutureTask<>(() -> copyTo(file), null);
        Thread reader = new Thread(copying, "standard-input");
        reader.setDaemon(true);
        reader.start();
        await(copying, progress);
        if (copied == 0) {
            throw new AudioException("Cannot read '" + NAME
                    + "': expected audio, found nothing (0 bytes). Check the command before the pipe.");
        }
        return file;
    }

    private Path createFile() {
        try {
            Path file = Files.createTempFile("whisper-speedtest-", "." + NAME);
            TemporaryPaths.add(file);
            copy = file;
            return file;
        } catch (IOException e) {
            throw notStored(e);
        }
    }

    private void await(FutureTask<Void> copying, ProgressLine progress) {
        while (true) {
            try {
                copying.get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                progress.show(NAME + ": reading, " + ByteSize.of(copied));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OperationCancelledException(
                        "Reading standard input was interrupted. Start it again if this was unintended.", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    private void copyTo(Path file) {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            byte[] block = new byte[BLOCK];
            for (int count = readBlock(block); count >= 0 && !closed; count = readBlock(block)) {
                if (copied + count > maxBytes) {
                    throw new AudioException("Cannot read '" + NAME + "': it has more than " + ByteSize.of(maxBytes)
                            + ". Save a part of it as a file.");
                }
                out.write(block, 0, count);
                copied += count;
            }
        } catch (IOException e) {
            throw notStored(e);
        }
    }

    private int readBlock(byte[] block) {
        try {
            return in.read(block);
        } catch (IOException e) {
            throw new AudioException(
                    "Cannot read '" + NAME + "': " + DiskErrors.reason(e) + ". Pipe or redirect a recording to it.", e);
        }
    }

    private static WhisperSpeedtestException notStored(IOException e) {
        return new WhisperSpeedtestException(
                ErrorKind.ENVIRONMENT,
                "Cannot store standard input in the temporary directory: " + DiskErrors.reason(e)
                        + ". Free disk space there, or choose another directory with JAVA_OPTS=-Djava.io.tmpdir=DIR.",
                e);
    }

    /** Deletes the temporary file. */
    @Override
    public void close() {
        closed = true;
        Path file = copy;
        if (file != null) {
            try {
                Files.deleteIfExists(file);
                TemporaryPaths.remove(file);
            } catch (IOException e) {
                LOG.debug("Cannot delete {}", file, e);
            }
        }
    }
}
