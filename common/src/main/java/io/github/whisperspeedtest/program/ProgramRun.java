package io.github.whisperspeedtest.program;

import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.lifecycle.RunningCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a program to its end, however long that takes.
 *
 * <p>The program and the processes that it started do not outlive an interrupted run or this JVM.
 */
public final class ProgramRun {
    /** A longer line is passed on in parts; a progress bar may never end its line. */
    private static final int MAX_LINE = 4096;

    /** A background process that the program leaves, such as the server of a compiler cache, may keep the output open. */
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(2);

    /** Build programs that are asked to end stop their compilers, and start no others. */
    private static final Duration TERMINATION_TIMEOUT = Duration.ofMillis(700);

    private static final Duration KILL_TIMEOUT = Duration.ofMillis(300);

    /**
     * Ctrl-C ends this JVM and the program at the same time. This JVM gets the time to notice its own signal, so that the run counts as
     * interrupted, not as failed.
     */
    private static final Duration SIGNAL_DELAY = Duration.ofMillis(200);

    private static final Duration POLL = Duration.ofMillis(10);

    private static final Logger LOG = LoggerFactory.getLogger(ProgramRun.class);

    private ProgramRun() {}

    /**
     * Runs a program and returns its exit code. The program has no input.
     *
     * @param command the program and its arguments
     * @param directory the working directory
     * @param environment variables in addition to those of this process
     * @param copy receives standard output and standard error together, byte for byte; not closed
     * @param lines receives the same as lines without line breaks, on another thread, until the run returns
     * @throws IOException if the program cannot be started or the copy cannot be written
     * @throws OperationCancelledException if the thread is interrupted; its interrupt status remains set
     */
    public static int run(
            List<String> command,
            Path directory,
            Map<String, String> environment,
            OutputStream copy,
            Consumer<String> lines)
            throws IOException {
        LOG.debug("Running {} in {}", command, directory);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        Reader reader = new Reader(process.getInputStream(), copy, lines);
        try {
            process.getOutputStream().close();
            int code = RunningCalls.run(() -> stop(process), () -> await(process, reader, command.get(0)));
            reader.throwIfFailed();
            return code;
        } finally {
            stop(process);
            reader.close();
        }
    }

    private static int await(Process process, Reader reader, String program) {
        Thread thread = new Thread(reader, "program-output");
        thread.setDaemon(true);
        thread.start();
        try {
            int code = process.waitFor();
            thread.join(DRAIN_TIMEOUT.toMillis());
            if (code != 0) {
                Thread.sleep(SIGNAL_DELAY.toMillis());
            }
            return code;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(
                    "The run of " + program + " was interrupted. Start it again if this was unintended.", e);
        }
    }

    /** Ends the program and all processes below it; has no effect if it has ended. */
    private static void stop(Process process) {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        all.forEach(ProcessHandle::destroy);
        awaitEnd(all, TERMINATION_TIMEOUT);
        all.forEach(ProcessHandle::destroyForcibly);
        awaitEnd(all, KILL_TIMEOUT);
    }

    private static void awaitEnd(List<ProcessHandle> processes, Duration limit) {
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + limit.toNanos();
        while (processes.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < end) {
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads the output on a thread of its own, because reading from a process cannot be interrupted. */
    private static final class Reader implements Runnable {
        private final InputStream in;
        private final OutputStream copy;
        private final Consumer<String> lines;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private @Nullable IOException failure;
        private boolean closed;

        Reader(InputStream in, OutputStream copy, Consumer<String> lines) {
            this.in = in;
            this.copy = copy;
            this.lines = lines;
        }

        @Override
        public void run() {
            byte[] chunk = new byte[8192];
            try {
                for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                    accept(chunk, count);
                }
            } catch (IOException e) {
                LOG.debug("The output of the program ended early", e);
            }
            endLine();
        }

        private synchronized void accept(byte[] chunk, int count) {
            if (closed) {
                return;
            }
            try {
                if (failure == null) {
                    copy.write(chunk, 0, count);
                }
            } catch (IOException e) {
                // Read on, because the program would wait for ever if nobody read its output.
                failure = e;
            }
            for (int i = 0; i < count; i++) {
                if (chunk[i] == '\n' || chunk[i] == '\r' || line.size() == MAX_LINE) {
                    endLine();
                }
                if (chunk[i] != '\n' && chunk[i] != '\r') {
                    line.write(chunk[i]);
                }
            }
        }

        private synchronized void endLine() {
            if (line.size() > 0 && !closed) {
                lines.accept(line.toString(StandardCharsets.UTF_8));
            }
            line.reset();
        }

        synchronized void throwIfFailed() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }

        /** Passes nothing on any more, even if a background process still writes. */
        synchronized void close() {
            closed = true;
        }
    }
}
