package io.github.whisperspeedtest.cli;

/** Shows what is going on until it is closed; only where standard error is a terminal. */
final class ProgressLine implements AutoCloseable {
    private final StatusLine status;

    ProgressLine(Terminal terminal) {
        status = terminal.status();
    }

    /** Shows a state that the next one replaces. */
    void show(String text) {
        status.show(text);
    }

    /** Takes the line away. Whatever is printed to the terminal does that itself. */
    void clear() {
        status.clear();
    }

    @Override
    public void close() {
        clear();
    }
}
