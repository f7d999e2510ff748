package io.github.whisperspeedtest.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A manifest that is a table with a header: CSV, or the TSV files of Common Voice. */
final class TableManifest {
    private static final CsvFactory FACTORY = CsvFactory.builder()
            .enable(CsvParser.Feature.WRAP_AS_ARRAY)
            .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
            .build();

    private static final List<Character> SEPARATORS = List.of('\t', ',', ';');

    private final Manifest manifest;
    private final List<String> header;
    private final int audio;
    private final int text;
    private final int language;
    private final int offset;

    private TableManifest(Path file, Row first) {
        manifest = new Manifest(file);
        header = first.cells().stream()
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
        Set<String> names = new HashSet<>();
        for (String name : header) {
            if (!name.isEmpty() && !names.add(name)) {
                throw manifest.error(first.line(), "two columns are called '" + name + "'. Rename one of them.");
            }
        }
        audio = column(Manifest.AUDIO);
        text = column(Manifest.TEXT);
        language = column(Manifest.LANGUAGE);
        offset = column(List.of(Manifest.OFFSET));
    }

    /**
     * A row.
     *
     * @param line the line on which it starts
     * @param cells its cells
     */
    private record Row(int line, List<String> cells) {}

    /** Returns the character that separates the columns of a header with a recording, empty if it is no such header. */
    static Optional<Character> separator(String firstLine) {
        return SEPARATORS.stream()
                .filter(separator -> List.of(firstLine.split(String.valueOf(separator), -1)).stream()
                        .map(TableManifest::unquoted)
                        .anyMatch(Manifest.AUDIO::contains))
                .findFirst();
    }

    static Dataset read(Path file, String text, char separator) {
        List<Row> rows = rows(file, text, separator);
        TableManifest table = new TableManifest(file, rows.get(0));
        rows.stream().skip(1).forEach(table::add);
        return table.manifest.dataset(
                separator == '\t' && table.header.contains("path") && table.header.contains("sentence")
                        ? DatasetLayout.COMMON_VOICE
                        : DatasetLayout.CSV);
    }

    private static String unquoted(String name) {
        return name.replace("\"", "").strip().toLowerCase(Locale.ROOT);
    }

    private int column(List<String> names) {
        return names.stream()
                .mapToInt(header::indexOf)
                .filter(index -> index >= 0)
                .findFirst()
                .orElse(-1);
    }

    private void add(Row row) {
        if (row.cells().size() != header.size()) {
            throw manifest.error(
                    row.line(),
                    "the row has " + row.cells().size() + " fields, but the header has " + header.size()
                            + ". Quote fields that contain the separator.");
        }
        String start = cell(row, offset);
        if (start != null && !start.isBlank() && !start.strip().matches("0+(\\.0*)?")) {
            throw manifest.error(
                    row.line(),
                    "'offset' is " + start + ", but only whole recordings are read. Cut the recording into files.");
        }
        manifest.add(row.line(), cell(row, audio), cell(row, text), cell(row, language));
    }

    private static @Nullable String cell(Row row, int column) {
        return column < 0 ? null : row.cells().get(column);
    }

    private static List<Row> rows(Path file, String text, char separator) {
        CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(separator);
        List<Row> rows = new ArrayList<>();
        int line = 1;
        try (CsvParser parser = FACTORY.createParser(text)) {
            // Common Voice writes quotation marks as they are, and none in the header.
            boolean literal = separator == '\t' && TextFile.firstLine(text).indexOf('"') < 0;
            parser.setSchema(literal ? schema.withoutQuoteChar() : schema);
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_ARRAY) {
                List<String> cells = new ArrayList<>();
                line = parser.currentLocation().getLineNr();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (cells.isEmpty()) {
                        line = parser.currentTokenLocation().getLineNr();
                    }
                    cells.add(parser.getText());
                }
                rows.add(new Row(line, cells));
            }
        } catch (JsonProcessingException e) {
            throw TextFile.refused(
                    TextFile.at(file, line) + ": the row cannot be read: " + e.getOriginalMessage()
                            + ". Correct the quotation marks.",
                    e);
        } catch (IOException e) {
            // Nothing but the text in memory is read.
            throw new UncheckedIOException(e);
        }
        return rows;
    }
}
