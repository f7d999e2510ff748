package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.Charset;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what no decoder of this package knows through the program ffmpeg.
 *
 * <p>ffmpeg may open files and nothing else, so that a play list cannot make it fetch from the network. It never outlives the
 * call, and a silence of it that lasts too long is an error.
 */
final class Ffmpeg {
    /** Long enough for the index at the end of a large file on a slow disk. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

    private static final int CHUNK = 1 << 16;
    private static final int CHUNKS_AHEAD = 4;
    private static final int LONGEST_MESSAGE = 600;

    /** No WAV header that ffmpeg writes is longer. */
    private static final int LONGEST_HEADER = 4096;

    private static final byte[] END = new byte[0];

    private static final Logger LOG = LoggerFactory.getLogger(Ffmpeg.class);

    private final List<Path> directories;
    private final Duration longestSilence;

    /**
     * Creates one that looks for the program in the given directories, in order.
     *
     * @param longestSilence how long it may take to the next sound, or to its end
     */
    Ffmpeg(List<Path> directories, Duration longestSilence) {
        this.directories = List.copyOf(directories);
        this.longestSilence = longestSilence;
    }

    /** Returns one that looks for the program on the {@code PATH}. */
    static Ffmpeg onPath() {
        List<Path> directories = new ArrayList<>();
        String path = System.getenv("PATH");
        for (String entry : (path == null ? "" : path).split(Pattern.quote(System.getProperty("path.separator")))) {
            try {
                if (!entry.isBlank()) {
                    directories.add(Path.of(entry));
                }
            } catch (InvalidPathException e) {
                LOG.debug("No directory: PATH entry '{}'", entry, e);
            }
        }
        return new Ffmpeg(directories, LONGEST_SILENCE);
    }

    /** Returns the program, if there is one. */
    Optional<Path> find() {
        return directories.stream()
                .flatMap(directory -> List.of("ffmpeg", "ffmpeg.exe").stream().map(directory::resolve))
                .filter(Files::isRegularFile)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Says whether ffmpeg could open the file, as a program of its own. */
    static boolean canOpen(Path file) {
        return file.getFileSystem() == FileSystems.getDefault();
    }

    /**
     * Reads the sound of a file at 16 kHz, all its channels.
     *
     * <p>What ffmpeg complains of, and a failure after some sound, is a warning.
     *
     * @throws MalformedAudioException if ffmpeg fails without sound or hangs; the message holds what it said
     * @throws InterruptedException if the thread was interrupted while it waited
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
                    "it takes ffmpeg, and " + program + " could not be started. Check that program", e);
        }
        BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
        Messages messages = new Messages(process.getErrorStream());
        Thread messageReader = daemon("ffmpeg messages", messages);
        Thread soundReader = daemon("ffmpeg sound", () -> pump(process.getInputStream(), chunks));
        PeekableInput sound = new PeekableInput(new ChunkStream(chunks));
        try {
            process.getOutputStream().close();
            if (WavReader.begins(sound.peek(LONGEST_HEADER), 0)) {
                WavReader.read(sound, sink);
            }
            if (!process.waitFor(longestSilence.toMillis(), TimeUnit.MILLISECONDS)) {
                throw silent();
            }
            messageReader.join(longestSilence.toMillis());
        } catch (InterruptedIOException e) {
            throw (InterruptedException) new InterruptedException().initCause(e);
        } finally {
            stop(process);
            soundReader.interrupt();
        }
        if (process.exitValue() != 0 && sound.position() > LONGEST_HEADER) {
            sink.warn("ffmpeg ended with exit code " + process.exitValue() + " and said: " + messages.text()
                    + ". What it had decoded until then was read.");
        } else if (process.exitValue() != 0) {
            throw new MalformedAudioException("expected sound that ffmpeg can decode, found that " + program
                    + " ended with exit code " + process.exitValue() + " and said: " + messages.text()
                    + ". Check that the file is whole and holds sound");
        }
        if (process.exitValue() == 0 && messages.any()) {
            sink.warn("ffmpeg said while it decoded: " + messages.text() + ". Sound may be missing.");
        }
    }

    private MalformedAudioException silent() {
        return new MalformedAudioException("expected sound from ffmpeg, found that it neither decoded nor ended for "
                + longestSilence.toMillis() / 1000.0 + " s. Convert the file to WAV by hand");
    }

    /** Runs apart because reading from a process cannot be interrupted; ends when the process does. */
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
                byte[] next = chunks.poll(longestSilence.toMillis(), TimeUnit.MILLISECONDS);
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

    /** Keeps the end of what a program says, however much that is. */
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
                LOG.debug("The messages from ffmpeg broke off", e);
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
            return text.isEmpty() ? "nothing" : text.substring(Math.max(0, text.length() - LONGEST_MESSAGE));
        }
    }
}
