package io.github.whisperspeedtest.checkpoint.zip;

import io.github.whisperspeedtest.error.ModelException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Creates the exceptions for one file.
 *
 * @param file the file
 */
public record FileErrors(Path file) {
    private static final int SHOWN_CHARACTERS = 80;
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]");

    /** Returns an exception for a file that violates its format. */
    public ModelException damaged(String offence) {
        return new ModelException(file + " is damaged: " + offence + ". Download the model again.");
    }

    /** Returns an exception for a valid file that is not supported. */
    public ModelException unusable(String offence, String advice) {
        return new ModelException(file + " cannot be used: " + offence + ". " + advice);
    }

    /** Returns text from the file for use in messages: shortened, and without control characters. */
    public static String shown(String text) {
        String start = text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
        return INVISIBLE.matcher(start).replaceAll("?");
    }
}
