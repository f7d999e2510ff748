package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.TerminalText;
import java.io.PrintWriter;
import java.io.Writer;

/** Wraps the lines that are printed as a whole. */
final class WrappingWriter extends PrintWriter {
    private final int columns;

    WrappingWriter(Writer target, int columns) {
        super(target, true);
        this.columns = columns;
    }

    @Override
    public void println(String line) {
        super.println(TerminalText.wrap(line, columns, 0));
    }
}
