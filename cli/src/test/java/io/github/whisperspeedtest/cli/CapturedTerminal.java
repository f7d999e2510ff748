package io.github.whisperspeedtest.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A terminal whose output a test can read. */
final class CapturedTerminal {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
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

    /** Sets the width as {@code COLUMNS} does. */
    CapturedTerminal columns(int columns) {
        width = new Width(columns, true);
        return this;
    }

    Terminal terminal() {
        return new Terminal(
                new PrintWriter(out, true), new PrintWriter(err, true), false, errIsTerminal, true, false, width);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
