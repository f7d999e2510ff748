package io.github.whisperspeedtest.benchmark.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a Mac from going to sleep while nobody uses it, with caffeinate(8). Closing it lets the Mac sleep again. Does nothing on other systems.
 *
 * <p>The program waits for this process, so it also ends when this process is killed. The display may still turn off.
 */
public final class KeepAwake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeepAwake.class);

    private static final Path CAFFEINATE = Path.of("/usr/bin/caffeinate");

    private static final long END_TIMEOUT_SECONDS = 2;

    private final @Nullable Process process;

    private KeepAwake(@Nullable Process process) {
        this.process = process;
    }

    /** Keeps this machine awake from now on. Never fails. */
    public static KeepAwake start() {
        return start(CAFFEINATE, ProcessHandle.current().pid());
    }

    static KeepAwake start(Path caffeinate, long pid) {
        if (!Files.isExecutable(caffeinate)) {
            return new KeepAwake(null);
        }
        try {
            return new KeepAwake(new ProcessBuilder(List.of(caffeinate.toString(), "-i", "-w", Long.toString(pid)))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            LOG.debug("Cannot keep the machine awake", e);
            return new KeepAwake(null);
        }
    }

    /** Lets the machine sleep again. */
    @Override
    public void close() {
        if (process == null) {
            return;
        }
        process.destroyForcibly();
        try {
            process.waitFor(END_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
