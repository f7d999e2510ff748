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
        rows.add(List.of(cells));
    }

    /**
     * Returns the lines; where they are too wide, without a column.
     *
     * @param columns the width of the terminal
     * @param optional index of the column to leave out
     */
    List<String> lines(int columns, int optional) {
        List<String> all = lines(IntStream.range(0, headings.size()).boxed().toList());
        boolean fits = all.stream().allMatch(line -> TerminalText.columns(line) <= columns);
        return fits
                ? all
                : lines(IntStream.range(0, headings.size())
                        .filter(column -> column != optional)
                        .boxed()
                        .toList());
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
