package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.evaluation.TextNormalizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What is said in a recording of the user's, given as a file or as the text itself. */
final class ReferenceText {
    /** What is more likely a file's name with an error in it than something that somebody says. */
    private static final Pattern LOOKS_LIKE_A_FILE = Pattern.compile("\\S*[/\\\\]\\S*|\\S+\\.[A-Za-z0-9]{1,4}");

    private ReferenceText() {}

    /**
     * Returns the text.
     *
     * @param given a file of UTF-8, or the text
     * @throws WhisperSpeedtestException if a file cannot be read, or there is no word in the text
     */
    static String of(String given) {
        String text = isFile(given) ? read(Path.of(given)) : given;
        if (!isFile(given) && LOOKS_LIKE_A_FILE.matcher(given).matches()) {
            throw refused(
                    "There is no file '" + given + "' with a reference text. Check its name, or give the text itself.");
        }
        if (TextNormalizer.normalize(text).isEmpty()) {
            throw refused("The reference text '" + given + "' has no word in it. Give what is said in the recording.");
        }
        return text.strip();
    }

    private static boolean isFile(String given) {
        try {
            return Files.isRegularFile(Path.of(given));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw refused("The reference text " + file + " is not UTF-8. Save it as such.");
        } catch (IOException e) {
            throw refused("The reference text " + file + " cannot be read: " + ErrorPrinter.message(e)
                    + ". Check who may read it.");
        }
    }

    private static WhisperSpeedtestException refused(String message) {
        return new WhisperSpeedtestException(ErrorKind.USER, message);
    }
}
