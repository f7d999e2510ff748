package io.github.whisperspeedtest.cli;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;

/** A terminal whose output a test can read. */
final class CapturedTerminal {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private InputStream in = InputStream.nullInputStream();
    private boolean inIsTerminal;
    private boolean errIsTerminal;
    private Width width = Width.DEFAULT;

    /** Runs a command with both streams piped and returns its exit code. */
    int run(String... args) {
        return Main.run(terminal(), args);
    }

    /** Prints a failure and returns the exit code for it. */
    int print(Throwable failure) {
        return new ErrorPrinter(terminal()).print(failure, false);
    }

    /** Makes standard error a terminal, so that progress is shown. */
    CapturedTerminal watched() {
        errIsTerminal = true;
        return this;
    }

    /** Sets the content of standard input. */
    CapturedTerminal in(byte[] content) {
        return in(new ByteArrayInputStream(content));
    }

    /** Sets standard input. */
    CapturedTerminal in(InputStream stream) {
        in = stream;
        return this;
    }

    /** Makes standard input a terminal. */
    CapturedTerminal withKeyboard() {
        inIsTerminal = true;
        return this;
    }

    /** Sets the width as {@code COLUMNS} does. */
    CapturedTerminal columns(int columns) {
        width = new Width(columns, true);
        return this;
    }

    Terminal terminal() {
        return new Terminal(
                in,
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                inIsTerminal,
                false,
                errIsTerminal,
                true,
                false,
                width);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
