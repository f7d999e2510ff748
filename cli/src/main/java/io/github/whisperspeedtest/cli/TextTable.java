package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.TerminalText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Lines up cells under their headings. */
final class TextTable {
    private static final String GAP = "  ";

    private final List<String> headings;
    private final int firstNumber;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Creates a table without rows.
     *
     * @param headings the headings
     * @param firstNumber index of the first column of numbers, which are right-aligned, as are all after it
     */
    TextTable(List<String> headings, int firstNumber) {
        this.headings = headings;
        this.firstNumber = firstNumber;
    }

    void add(String... cells) {
        add(List.of(cells));
    }

    void add(List<String> cells) {
        rows.add(List.copyOf(cells));
    }

    /**
     * Returns the lines; where they are too wide, without some columns.
     *
     * @param columns the width of the terminal
     * @param optional indexes of the columns to leave out, one after the other until the lines fit
     */
    List<String> lines(int columns, int... optional) {
        List<Integer> shown =
                new ArrayList<>(IntStream.range(0, headings.size()).boxed().toList());
        List<String> lines = lines(shown);
        for (int i = 0; i < optional.length && !fits(lines, columns); i++) {
            shown.remove(Integer.valueOf(optional[i]));
            lines = lines(shown);
        }
        return lines;
    }

    private static boolean fits(List<String> lines, int columns) {
        return lines.stream().allMatch(line -> TerminalText.columns(line) <= columns);
    }

    private List<String> lines(List<Integer> columns) {
        List<List<String>> table = new ArrayList<>(List.of(headings));
        table.addAll(rows);
        return table.stream().map(row -> line(table, row, columns)).toList();
    }

    private String line(List<List<String>> table, List<String> row, List<Integer> columns) {
        StringBuilder line = new StringBuilder();
        for (int column : columns) {
            int width = table.stream()
                    .mapToInt(other -> TerminalText.columns(other.get(column)))
                    .max()
                    .orElse(0);
            String cell = row.get(column);
            line.append(line.isEmpty() ? "" : GAP)
                    .append(column >= firstNumber ? TerminalText.padLeft(cell, width) : TerminalText.pad(cell, width));
        }
        return line.toString().stripTrailing();
    }
}
