package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads recordings one ahead: the first while the model is loaded, each further one while the recording before it is transcribed.
 *
 * <p>Used by one thread.
 */
final class ReadAhead implements AutoCloseable {
    /** Two recordings are in memory at once, so a large one is read only when it is needed. */
    private static final long LARGEST_FILE = 16L << 20;

    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "whisper-speedtest-read-ahead");
        thread.setDaemon(true);
        return thread;
    });
    private final Function<Path, Audio> reading;
    private @Nullable Path started;
    private @Nullable Future<Audio> audio;

    /**
     * Creates a reader of nothing yet.
     *
     * @param reading reads a recording as {@link AudioFiles#read(Path)} does
     */
    ReadAhead(Function<Path, Audio> reading) {
        this.reading = reading;
    }

    /** Starts to read a recording; standard input is never read ahead. */
    void start(Path file) {
        if (!StandardInput.isMeantBy(file)) {
            started = file;
            audio = executor.submit(() -> reading.apply(file));
        }
    }

    /**
     * Returns a recording, and starts to read the next one.
     *
     * @param next the recording that is wanted afterwards; null if there is none
     * @throws io.github.whisperspeedtest.error.AudioException if the file cannot be read or contains no audio
     * @throws OperationCancelledException if the thread is interrupted; the interrupt status remains set
     */
    Audio take(Path file, @Nullable Path next) {
        if (!file.equals(started)) {
            start(file);
        }
        Future<Audio> wanted = audio;
        started = null;
        audio = null;
        try {
            return wanted.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(
                    "Reading " + file + " was interrupted. Start it again if this was unintended.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } finally {
            if (next != null && isSmall(next)) {
                start(next);
            }
        }
    }

    private static boolean isSmall(Path file) {
        try {
            return Files.size(file) <= LARGEST_FILE;
        } catch (IOException e) {
            // Reading it will say what is wrong.
            return false;
        }
    }

    /** Stops reading. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
