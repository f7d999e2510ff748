package io.github.whisperspeedtest.dataset;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.evaluation.TextNormalizer;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.transcription.Language;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads text files in UTF-8, with or without a byte order mark. */
final class TextFile {
    /** The language of a text is not known yet. */
    private static final TextNormalizer BASIC =
            TextNormalizer.forLanguage(Language.auto().code());

    /** A million lines; a file of another kind may be larger than the memory. */
    private static final int MAX_BYTES = 256 << 20;

    /** Twenty hours of speech. */
    private static final int MAX_LINE_CHARACTERS = 1 << 20;

    private static final int START_BYTES = 1 << 16;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TextFile() {}

    /**
     * A line of a file.
     *
     * @param number its number, from 1
     * @param text its text, not blank
     */
    record Line(int number, String text) {}

    /**
     * Returns the text.
     *
     * @throws WhisperSpeedtestException if the file is too large, cannot be read or is not UTF-8
     */
    static String read(Path file) {
        try {
            if (!Files.isRegularFile(file) && Files.exists(file)) {
                throw refused("Cannot read " + file + ": it is not a file. Give a text file in UTF-8.", null);
            }
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw refused(
                        "Cannot read " + file + ": it has " + size + " bytes, but a text file may have at most "
                                + MAX_BYTES + ". Divide it into several data sets.",
                        null);
            }
            return decode(file, Files.readAllBytes(file));
        } catch (IOException e) {
            throw refused(
                    "Cannot read " + file + ": " + DiskErrors.reason(e) + ". Check the file and its permissions.", e);
        }
    }

    /** Returns the lines that are not blank. */
    static List<Line> lines(Path file, String text) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            if (line.length() > MAX_LINE_CHARACTERS) {
                throw refused(
                        at(file, number) + ": the line has " + line.length() + " characters, but at most "
                                + MAX_LINE_CHARACTERS + " are read. Write one recording per line.",
                        null);
            }
            if (!line.isBlank()) {
                lines.add(new Line(number, line));
            }
        }
        return lines;
    }

    /**
     * Returns the first line that is not blank, empty if there is none, without a check of the encoding and at most 64 KiB.
     *
     * @throws WhisperSpeedtestException if the file cannot be read
     */
    static String firstLine(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return firstLine(withoutMark(new String(in.readNBytes(START_BYTES), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw refused("Cannot read " + file + ": " + DiskErrors.reason(e) + ". Check the permissions.", e);
        }
    }

    static String firstLine(String text) {
        return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    }

    /** Returns the name of a place in a file. */
    static String at(Path file, int line) {
        return file + ", line " + line;
    }

    /** Returns the text without spaces around it, null if there is no word in it. */
    static @Nullable String withWords(@Nullable String text) {
        return text == null || BASIC.normalize(text).isEmpty() ? null : text.strip();
    }

    static WhisperSpeedtestException refused(String message, @Nullable Exception cause) {
        return new WhisperSpeedtestException(ErrorKind.USER, message, cause);
    }

    private static String decode(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        // UTF-8 has at least one byte for each UTF-16 code unit.
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw refused(
                    at(file, line) + ": byte " + Integer.toHexString(bytes[in.position()] & 0xff)
                            + " is not UTF-8. Convert the file to UTF-8.",
                    null);
        }
        return withoutMark(out.flip().toString());
    }

    private static String withoutMark(String text) {
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
    }
}
