package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.TerminalText;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.evaluation.TextAlignment;
import java.util.ArrayList;
import java.util.List;

/**
 * An alignment as lines of text: the reference, the hypothesis below it, and a letter below each difference.
 *
 * <p>The layout is that of NIST's sclite: {@code S} for a substitution, {@code D} for a deletion, {@code I} for an insertion, and asterisks
 * on the side that has nothing.
 */
final class DiffText {
    private static final String REFERENCE = "REF: ";
    private static final String HYPOTHESIS = "HYP: ";
    private static final String MARKS = "     ";

    private final int columns;
    private final String gap;
    private final List<String> lines = new ArrayList<>();
    private StringBuilder reference = new StringBuilder();
    private StringBuilder hypothesis = new StringBuilder();
    private StringBuilder marks = new StringBuilder();

    private DiffText(int columns, String gap) {
        this.columns = columns;
        this.gap = gap;
    }

    /**
     * Returns the lines.
     *
     * @param columns the width of the terminal; a longer word gets a line of its own
     */
    static List<String> lines(TextAlignment alignment, int columns) {
        DiffText text = new DiffText(columns, alignment.unit() == ErrorRate.Unit.WORD ? " " : "");
        alignment.pairs().forEach(text::add);
        text.endLine();
        return text.lines;
    }

    private void add(TextAlignment.Pair pair) {
        String above = pair.reference() == null ? "" : pair.reference();
        String below = pair.hypothesis() == null ? "" : pair.hypothesis();
        int width = Math.max(TerminalText.columns(above), TerminalText.columns(below));
        if (!reference.isEmpty()
                && REFERENCE.length() + TerminalText.columns(reference.toString()) + gap.length() + width > columns) {
            endLine();
        }
        append(reference, above.isEmpty() ? "*".repeat(width) : above, width);
        append(hypothesis, below.isEmpty() ? "*".repeat(width) : below, width);
        append(marks, mark(pair.kind()), width);
    }

    private void append(StringBuilder line, String cell, int width) {
        line.append(line.isEmpty() ? "" : gap).append(TerminalText.pad(cell, width));
    }

    private static String mark(TextAlignment.Kind kind) {
        return switch (kind) {
            case MATCH -> "";
            case SUBSTITUTION -> "S";
            case DELETION -> "D";
            case INSERTION -> "I";
        };
    }

    private void endLine() {
        if (reference.isEmpty()) {
            return;
        }
        lines.add((REFERENCE + reference).stripTrailing());
        lines.add((HYPOTHESIS + hypothesis).stripTrailing());
        lines.add((MARKS + marks).stripTrailing());
        reference = new StringBuilder();
        hypothesis = new StringBuilder();
        marks = new StringBuilder();
    }
}
