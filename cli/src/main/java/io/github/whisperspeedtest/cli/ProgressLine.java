package io.github.whisperspeedtest.cli;

import java.nio.file.Path;
import java.util.Locale;

/** Shows progress until it is closed; only if standard error is a terminal. */
final class ProgressLine implements AutoCloseable {
    private final StatusLine status;

    ProgressLine(Terminal terminal) {
        status = terminal.status();
    }

    /** Shows a state that the next one replaces. */
    void show(String text) {
        status.show(text);
    }

    /** Shows how much of a file is hashed. */
    void showHashing(Path file, double fraction) {
        show(String.format(Locale.ROOT, "hashing %s: %.0f %%", file.getFileName(), 100 * fraction));
    }

    /** Clears the line, as any other output to the terminal does. */
    void clear() {
        status.clear();
    }

    @Override
    public void close() {
        clear();
    }
}
