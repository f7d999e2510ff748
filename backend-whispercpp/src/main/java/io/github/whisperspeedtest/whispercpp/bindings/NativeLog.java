package io.github.whisperspeedtest.whispercpp.bindings;

import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where whisper.cpp's log goes: to SLF4J at DEBUG, and to whoever listens on the thread that calls into the library.
 *
 * <p>Listening matters because version 1.7.1 tells the probability of a detected language, the time spent in each part, and why a
 * call failed nowhere but in its log.
 */
public final class NativeLog implements WhisperLibrary.LogCallback {
    private static final Logger log = LoggerFactory.getLogger("io.github.whisperspeedtest.whispercpp.native");

    private final ThreadLocal<@Nullable StringBuilder> captured = new ThreadLocal<>();

    @Override
    public void invoke(int level, Pointer text, Pointer userData) {
        String message = text.getString(0, "UTF-8");
        StringBuilder capture = captured.get();
        if (capture != null) {
            capture.append(message);
        }
        if (log.isDebugEnabled() && !message.isBlank()) {
            log.debug(message.stripTrailing());
        }
    }

    /** Starts to keep what is logged on this thread; ends with {@link Capture#close}. */
    public Capture capture() {
        Capture capture = new Capture();
        captured.set(capture.text);
        return capture;
    }

    /** What was logged on one thread during one native call. */
    public final class Capture implements AutoCloseable {
        private final StringBuilder text = new StringBuilder();

        /** Returns everything logged so far. */
        public String text() {
            return text.toString();
        }

        /** Returns the last line that was logged, for messages of errors. */
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
