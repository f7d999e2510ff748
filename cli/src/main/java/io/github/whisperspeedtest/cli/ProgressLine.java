package io.github.whisperspeedtest.cli;

import java.io.PrintWriter;

/**
 * One line on standard error that says what is going on.
 *
 * <p>Only where standard error is a terminal; a log file would fill up with it.
 */
final class ProgressLine implements AutoCloseable {
    /** A line that wraps cannot be taken back; few terminals are narrower than this. */
    private static final int MAX_WIDTH = 79;

    private final PrintWriter err;
    private final boolean live;
    private int shown;

    ProgressLine(Terminal terminal) {
        err = terminal.err();
        live = terminal.errIsTerminal();
    }

    /** Shows a state that the next one replaces; nothing where nobody watches. */
    synchronized void show(String text) {
        if (live) {
            String line = text.length() > MAX_WIDTH ? text.substring(0, MAX_WIDTH) : text;
            err.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
            err.flush();
            shown = line.length();
        }
    }

    /** Takes the line away, so that something else can be printed. */
    synchronized void clear() {
        if (shown > 0) {
            err.print("\r" + " ".repeat(shown) + "\r");
            err.flush();
            shown = 0;
        }
    }

    @Override
    public void close() {
        clear();
    }
}
