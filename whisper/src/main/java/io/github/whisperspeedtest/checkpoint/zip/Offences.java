package io.github.whisperspeedtest.checkpoint.zip;

import io.github.whisperspeedtest.error.ModelException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Makes the exceptions that one file gives rise to.
 *
 * @param file the file
 */
public record Offences(Path file) {
    private static final int SHOWN_CHARACTERS = 80;
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]");

    /** Returns an exception for a file that breaks the format. */
    public ModelException damaged(String offence) {
        return new ModelException(file + " is damaged: " + offence + ". Download the model again.");
    }

    /** Returns an exception for a file that is well formed, but not one that can be read here. */
    public ModelException unusable(String offence, String advice) {
        return new ModelException(file + " cannot be used: " + offence + ". " + advice);
    }

    /** Returns a text from the file as messages may have it: short, and nothing in it that moves a terminal's cursor. */
    public static String shown(String text) {
        String start = text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
        return INVISIBLE.matcher(start).replaceAll("?");
    }
}
