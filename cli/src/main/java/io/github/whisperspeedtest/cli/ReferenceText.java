package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.evaluation.TextNormalizer;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.transcription.Language;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reference transcript of a recording, given as a file or as the text itself. */
final class ReferenceText {
    /** Text that is more likely a misspelt file name than a transcript. */
    private static final Pattern LOOKS_LIKE_A_FILE = Pattern.compile("\\S*[/\\\\]\\S*|\\S+\\.[A-Za-z0-9]{1,4}");

    /** Written by Windows editors at the start of UTF-8 files. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private ReferenceText() {}

    /**
     * Returns the text.
     *
     * @param given a file of UTF-8, or the text
     * @throws WhisperSpeedtestException if a file cannot be read, or there is no word in the text
     */
    static String of(String given) {
        Optional<Path> file = file(given);
        String text = file.isPresent() ? read(file.get()) : given;
        if (file.isEmpty() && LOOKS_LIKE_A_FILE.matcher(given).matches()) {
            throw refused(
                    "There is no file '" + given + "' with a reference text. Check its name, or give the text itself.");
        }
        if (TextNormalizer.forLanguage(Language.auto().code()).normalize(text).isEmpty()) {
            throw refused(
                    "The reference text '" + given + "' has no word in it. Give the transcript of the recording.");
        }
        return text.strip();
    }

    private static Optional<Path> file(String given) {
        try {
            return Optional.of(Settings.ofProcess().paths().expand(given)).filter(Files::isRegularFile);
        } catch (WhisperSpeedtestException e) {
            return Optional.empty();
        }
    }

    private static String read(Path file) {
        try {
            String text = Files.readString(file);
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
        } catch (CharacterCodingException e) {
            throw refused("The reference text " + file + " is not UTF-8. Convert it to UTF-8.");
        } catch (IOException e) {
            throw refused("Cannot read the reference text " + file + ": " + ErrorPrinter.message(e)
                    + ". Check the permissions.");
        }
    }

    private static WhisperSpeedtestException refused(String message) {
        return new WhisperSpeedtestException(ErrorKind.USER, message);
    }
}
