package io.github.whisperspeedtest.audio;

import io.github.whisperspeedtest.program.SearchPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.Charset;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes formats without a Java decoder through the ffmpeg program.
 *
 * <p>ffmpeg may open only files, so a playlist cannot make it access the network. The process never outlives the call.
 * If it produces no output for too long, the call fails.
 */
final class Ffmpeg {
    /** Long enough to read the index at the end of a large file on a slow disk. */
    private static final Duration MAX_SILENCE = Duration.ofMinutes(2);

    private static final int CHUNK = 1 << 16;
    private static final int CHUNKS_AHEAD = 4;
    private static final int MAX_MESSAGE = 600;

    /** ffmpeg never writes a longer WAV header. */
    private static final int MAX_HEADER = 4096;

    private static final byte[] END = new byte[0];

    private static final Logger LOG = LoggerFactory.getLogger(Ffmpeg.class);

    private final SearchPath searchPath;
    private final Duration maxSilence;

    /**
     * Creates an instance that looks for the program in a search path.
     *
     * @param maxSilence maximum time without output, and until the process exits
     */
    Ffmpeg(SearchPath searchPath, Duration maxSilence) {
        this.searchPath = searchPath;
        this.maxSilence = maxSilence;
    }

    /** Returns an instance that looks for the program on the {@code PATH}. */
    static Ffmpeg onPath() {
        return new Ffmpeg(SearchPath.ofProcess(), MAX_SILENCE);
    }

    /** Returns the program if it exists. */
    Optional<Path> find() {
        return searchPath.find("ffmpeg");
    }

    /** Returns whether ffmpeg, as a separate process, could open the file. */
    static boolean canOpen(Path file) {
        return file.getFileSystem() == FileSystems.getDefault();
    }

    /**
     * Decodes a file at 16 kHz with all its channels.
     *
     * <p>Messages from ffmpeg, and a failure after some output, become warnings.
     *
     * @throws MalformedAudioException if ffmpeg fails without output or hangs; the message includes ffmpeg's message
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void read(Path program, Path file, PcmSink sink) throws IOException, InterruptedException {
        List<String> command = List.of(
                program.toString(),
                "-nostdin",
                "-v",
                "error",
                "-protocol_whitelist",
                "file,pipe",
                "-i",
                "file:" + file.toAbsolutePath(),
                "-vn",
                "-f",
                "wav",
                "-c:a",
                "pcm_f32le",
                "-ar",
                Integer.toString(Audio.SAMPLE_RATE),
                "-");
        LOG.debug("Running {}", command);
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new MalformedAudioException(
                    "ffmpeg is required, but " + program + " could not be started. Check the program", e);
        }
        BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
        Messages messages = new Messages(process.getErrorStream());
        Thread messageReader = daemon("ffmpeg messages", messages);
        Thread soundReader = daemon("ffmpeg sound", () -> pump(process.getInputStream(), chunks));
        PeekableInput sound = new PeekableInput(new ChunkStream(chunks));
        try {
            process.getOutputStream().close();
            if (WavReader.begins(sound.peek(MAX_HEADER), 0)) {
                WavReader.read(sound, sink);
            }
            if (!process.waitFor(maxSilence.toMillis(), TimeUnit.MILLISECONDS)) {
                throw silent();
            }
            messageReader.join(maxSilence.toMillis());
        } catch (InterruptedIOException e) {
            throw (InterruptedException) new InterruptedException().initCause(e);
        } finally {
            stop(process);
            soundReader.interrupt();
        }
        if (process.exitValue() != 0 && sound.position() > MAX_HEADER) {
            sink.warn("ffmpeg exited with code " + process.exitValue() + ": " + messages.text()
                    + ". The audio decoded before the failure was read.");
        } else if (process.exitValue() != 0) {
            throw new MalformedAudioException("expected audio that ffmpeg can decode, but " + program
                    + " exited with code " + process.exitValue() + ": " + messages.text()
                    + ". Check that the file is complete and contains audio");
        }
        if (process.exitValue() == 0 && messages.any()) {
            sink.warn("ffmpeg reported while decoding: " + messages.text() + ". Some audio may be missing.");
        }
    }

    private MalformedAudioException silent() {
        return new MalformedAudioException("expected audio from ffmpeg, but it neither produced output nor exited for "
                + maxSilence.toMillis() / 1000.0 + " s. Convert the file to WAV manually");
    }

    /** Runs on a separate thread because reading from a process cannot be interrupted. Ends when the process ends. */
    private static void pump(InputStream in, BlockingQueue<byte[]> chunks) {
        try {
            try (in) {
                byte[] chunk = in.readNBytes(CHUNK);
                while (chunk.length > 0) {
                    chunks.put(chunk);
                    chunk = in.readNBytes(CHUNK);
                }
            } catch (IOException e) {
                // Closed because the reader gave up, or broken: then the exit code tells.
                LOG.debug("The sound from ffmpeg broke off", e);
            }
            chunks.put(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void stop(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** What the other thread takes from the program, as a stream that waits no longer than it should. */
    private final class ChunkStream extends InputStream {
        private final BlockingQueue<byte[]> chunks;
        private byte[] chunk = new byte[0];
        private int at;

        ChunkStream(BlockingQueue<byte[]> chunks) {
            this.chunks = chunks;
        }

        @Override
        public int read() throws IOException {
            return fill() ? chunk[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (!fill()) {
                return -1;
            }
            int part = Math.min(length, chunk.length - at);
            System.arraycopy(chunk, at, target, offset, part);
            at += part;
            return part;
        }

        /** Waits for the next bytes and returns whether there are any. */
        private boolean fill() throws IOException {
            if (chunk == END || at < chunk.length) {
                return chunk != END;
            }
            try {
                byte[] next = chunks.poll(maxSilence.toMillis(), TimeUnit.MILLISECONDS);
                if (next == null) {
                    throw silent();
                }
                chunk = next;
                at = 0;
                return chunk != END;
            } catch (InterruptedException e) {
                throw (IOException) new InterruptedIOException().initCause(e);
            }
        }
    }

    /** Keeps the last part of the messages of a program, however long they are. */
    private static final class Messages implements Runnable {
        private final InputStream in;
        private final byte[] tail = new byte[4096];
        private int length;

        Messages(InputStream in) {
            this.in = in;
        }

        @Override
        public void run() {
            byte[] part = new byte[tail.length];
            try (in) {
                for (int count = in.read(part); count >= 0; count = in.read(part)) {
                    append(part, count);
                }
            } catch (IOException e) {
                LOG.debug("Cannot read further messages from ffmpeg", e);
            }
        }

        private synchronized void append(byte[] part, int count) {
            int keep = Math.min(length, tail.length - count);
            System.arraycopy(tail, length - keep, tail, 0, keep);
            System.arraycopy(part, 0, tail, keep, count);
            length = keep + count;
        }

        synchronized boolean any() {
            return length > 0;
        }

        synchronized String text() {
            String text = new String(Arrays.copyOf(tail, length), Charset.defaultCharset())
                    .replaceAll("\\s+", " ")
                    .strip();
            return text.isEmpty() ? "no message" : text.substring(Math.max(0, text.length() - MAX_MESSAGE));
        }
    }
}
