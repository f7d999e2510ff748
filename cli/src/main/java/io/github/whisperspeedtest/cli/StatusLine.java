package io.github.whisperspeedtest.cli;

import java.io.FilterOutputStream;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;

/**
 * The progress line of a terminal, and writers for all other output, which clear the line before they print.
 */
final class StatusLine {
    /** A line that wraps cannot be cleared. Leaves room for the ^C that the terminal adds at 80 columns. */
    private static final int MAX_WIDTH = 77;

    /** Source: ECMA-48, "select graphic rendition", of which every terminal knows these two. */
    private static final String DIM = "\u001b[2m";

    private static final String NORMAL = "\u001b[0m";

    private static final int KEYSTROKE_WIDTH = 2;

    private final PrintWriter err;
    private final boolean live;
    private int shown;
    private boolean sealed;

    /**
     * Creates the line.
     *
     * @param err standard error itself
     * @param live whether standard error is a terminal; a log file would fill up with progress
     */
    StatusLine(PrintWriter err, boolean live) {
        this.err = err;
        this.live = live;
    }

    /** Shows a text that the next one replaces, if standard error is a terminal. */
    synchronized void show(String text) {
        if (live && !sealed) {
            String line = text.length() > MAX_WIDTH ? text.substring(0, MAX_WIDTH) : text;
            err.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
            err.flush();
            shown = line.length();
        }
    }

    /** Shows the end of two texts, the second one dim, until the next one; only if standard error is a terminal. */
    synchronized void showEnd(String text, String dim) {
        String line = text + dim;
        int cut = Math.max(0, line.length() - MAX_WIDTH);
        if (live && !sealed) {
            String plain = text.substring(Math.min(cut, text.length()));
            String rest = dim.substring(Math.max(0, cut - text.length()));
            err.print("\r" + plain + DIM + rest + NORMAL
                    + " ".repeat(Math.max(0, shown - plain.length() - rest.length())));
            err.flush();
            shown = plain.length() + rest.length();
        }
    }

    /** Clears the line before other output. */
    synchronized void clear() {
        if (shown > 0) {
            erase();
        }
    }

    /** Clears the line and the keystroke after it, and blocks further output to standard error. */
    synchronized void seal() {
        sealed = true;
        if (live) {
            erase();
        }
    }

    /** Prints the last line, past the block. */
    synchronized void printLast(String text) {
        err.println(text);
        err.flush();
    }

    private void erase() {
        err.print("\r" + " ".repeat(shown + KEYSTROKE_WIDTH) + "\r");
        err.flush();
        shown = 0;
    }

    /** Returns a writer for standard error that clears the line before it prints. */
    PrintWriter aroundErr() {
        return new PrintWriter(new Around(err, true), true);
    }

    /** Returns a writer for standard output that clears the line before it prints. */
    PrintWriter aroundOut(PrintWriter out) {
        return new PrintWriter(new Around(out, false), true);
    }

    /** Returns a stream for libraries that print to standard error themselves, such as the log. */
    PrintStream aroundErr(OutputStream stderr) {
        return new PrintStream(
                new FilterOutputStream(stderr) {
                    @Override
                    public void write(int value) throws IOException {
                        write(new byte[] {(byte) value}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        synchronized (StatusLine.this) {
                            clear();
                            if (!sealed) {
                                out.write(bytes, offset, length);
                            }
                        }
                    }
                },
                true);
    }

    /** A writer that clears the line first. */
    private final class Around extends FilterWriter {
        private final PrintWriter target;
        private final boolean sealable;

        Around(PrintWriter target, boolean sealable) {
            super(target);
            this.target = target;
            this.sealable = sealable;
        }

        @Override
        public void write(int character) throws IOException {
            write(new char[] {(char) character}, 0, 1);
        }

        @Override
        public void write(String text, int offset, int length) throws IOException {
            write(text.toCharArray(), offset, length);
        }

        @Override
        public void write(char[] text, int offset, int length) throws IOException {
            if (sealable) {
                writeUnlessSealed(text, offset, length);
            } else {
                // Not under the lock: a pipe without a reader may block forever.
                clear();
                target.write(text, offset, length);
            }
            throwIfFailed();
        }

        private void writeUnlessSealed(char[] text, int offset, int length) {
            synchronized (StatusLine.this) {
                clear();
                if (!sealed) {
                    target.write(text, offset, length);
                }
            }
        }

        @Override
        public void flush() throws IOException {
            target.flush();
            throwIfFailed();
        }

        /** A print writer does not throw. */
        private void throwIfFailed() throws IOException {
            if (target.checkError()) {
                throw new IOException("not everything could be written");
            }
        }
    }
}
