package io.github.whisperspeedtest.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the output of a child, keeps its end, and logs its lines. */
final class OutputTail implements Runnable {
    static final int KEPT_BYTES = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(OutputTail.class);

    /** A progress bar may never end its line. */
    private static final int MAX_LOGGED_LINE = 4096;

    private final InputStream in;
    private final byte[] ring = new byte[KEPT_BYTES];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long total;

    OutputTail(InputStream in) {
        this.in = in;
    }

    @Override
    public void run() {
        byte[] chunk = new byte[8192];
        try {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                keep(chunk, count);
                if (LOG.isDebugEnabled()) {
                    log(chunk, count);
                }
            }
        } catch (IOException e) {
            LOG.debug("The output of the child ended early", e);
        }
        logLine();
    }

    /** Returns the end of the output, starting with a complete line. */
    synchronized String text() {
        int count = (int) Math.min(total, KEPT_BYTES);
        byte[] kept = new byte[count];
        for (int i = 0; i < count; i++) {
            kept[i] = ring[(int) ((total - count + i) % KEPT_BYTES)];
        }
        String text = new String(kept, StandardCharsets.UTF_8);
        return total > KEPT_BYTES ? text.substring(text.indexOf('\n') + 1) : text;
    }

    private synchronized void keep(byte[] chunk, int count) {
        for (int i = 0; i < count; i++) {
            ring[(int) (total++ % KEPT_BYTES)] = chunk[i];
        }
    }

    private void log(byte[] chunk, int count) {
        for (int i = 0; i < count; i++) {
            if (chunk[i] == '\n' || chunk[i] == '\r' || line.size() == MAX_LOGGED_LINE) {
                logLine();
            }
            if (chunk[i] != '\n' && chunk[i] != '\r') {
                line.write(chunk[i]);
            }
        }
    }

    private void logLine() {
        if (line.size() > 0) {
            LOG.debug("{}", line.toString(StandardCharsets.UTF_8));
            line.reset();
        }
    }
}
