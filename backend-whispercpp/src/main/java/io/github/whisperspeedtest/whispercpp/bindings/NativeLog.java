package io.github.whisperspeedtest.whispercpp.bindings;

import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives whisper.cpp's log and forwards it to SLF4J at DEBUG and to captures on the calling thread.
 *
 * <p>Captures are needed because whisper.cpp reports the device, the time of each phase and the reason of a failure only in its log.
 */
public final class NativeLog implements WhisperLibrary.LogCallback {
    private static final Logger LOG = LoggerFactory.getLogger("io.github.whisperspeedtest.whispercpp.native");

    private final ThreadLocal<@Nullable StringBuilder> captured = new ThreadLocal<>();

    @Override
    public void invoke(int level, Pointer text, Pointer userData) {
        String message = text.getString(0, "UTF-8");
        StringBuilder capture = captured.get();
        if (capture != null) {
            capture.append(message);
        }
        if (LOG.isDebugEnabled() && !message.isBlank()) {
            LOG.debug(message.stripTrailing());
        }
    }

    /** Starts to capture the log of this thread, until {@link Capture#close}. */
    public Capture capture() {
        Capture capture = new Capture();
        captured.set(capture.text);
        return capture;
    }

    /** The log of one thread during one native call. */
    public final class Capture implements AutoCloseable {
        private final StringBuilder text = new StringBuilder();

        /** Returns everything logged so far. */
        public String text() {
            return text.toString();
        }

        /** Returns the last logged line, for error messages. */
        public String lastLine() {
            return text.toString()
                    .strip()
                    .lines()
                    .reduce((first, second) -> second)
                    .orElse("whisper.cpp gave no reason");
        }

        @Override
        public void close() {
            captured.remove();
        }
    }
}
