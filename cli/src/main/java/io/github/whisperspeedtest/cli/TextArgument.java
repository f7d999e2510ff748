package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.settings.Settings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** A text of the command line, given as a file of UTF-8 or as the text itself. */
final class TextArgument {
    /** Text that is more likely a misspelt file name than a transcript. */
    private static final Pattern LOOKS_LIKE_A_FILE = Pattern.compile("\\S*[/\\\\]\\S*|\\S+\\.[A-Za-z0-9]{1,4}");

    /** Written by Windows editors at the start of UTF-8 files. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Ten times the transcript of a day of speech. Comparing longer texts could take hours. */
    private static final long MAX_BYTES = 10_000_000;

    private TextArgument() {}

    /**
     * Returns the text.
     *
     * @param given a file, or the text
     * @param role what the text is, such as {@code reference text}
     * @throws WhisperSpeedtestException if a file is missing, too long or cannot be read
     */
    static String of(String given, String role) {
        Optional<Path> file = path(given).filter(Files::isRegularFile);
        if (file.isPresent()) {
            return read(file.get(), role);
        }
        if (LOOKS_LIKE_A_FILE.matcher(given).matches()) {
            throw refused(
                    "There is no file '" + given + "' with a " + role + ". Check its name, or give the text itself.");
        }
        return given.strip();
    }

    /** Returns what the argument would be as a path, empty if it cannot be one. */
    static Optional<Path> path(String given) {
        if (given.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Settings.ofProcess().paths().expand(given));
        } catch (WhisperSpeedtestException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the content of a file without a byte order mark and white space around it.
     *
     * @param role what the text is, such as {@code reference text}
     * @throws WhisperSpeedtestException if it is too long or cannot be read
     */
    static String read(Path file, String role) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw refused(
                        "The " + role + " " + file + " has " + ByteSize.of(Files.size(file)) + ", and the limit is "
                                + ByteSize.of(MAX_BYTES) + ". Divide it into several files in a folder.");
            }
            String text = Files.readString(file);
            return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text).strip();
        } catch (CharacterCodingException e) {
            throw refused("The " + role + " " + file + " is not UTF-8. Convert it to UTF-8.");
        } catch (IOException e) {
            throw refused("Cannot read the " + role + " " + file + ": " + ErrorPrinter.message(e)
                    + ". Check the permissions.");
        }
    }

    private static WhisperSpeedtestException refused(String message) {
        return new WhisperSpeedtestException(ErrorKind.USER, message);
    }
}
