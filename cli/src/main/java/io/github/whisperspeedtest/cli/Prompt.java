package io.github.whisperspeedtest.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Asks the user at the terminal. */
interface Prompt {
    /** Returns the trimmed answer to a question, or null at the end of input. */
    @Nullable
    String ask(String question);

    /** Asks a yes-or-no question; the default is no. */
    default boolean isYes(String question) {
        String answer = ask(question + " [y/N] ");
        return answer != null && answer.toLowerCase(Locale.ROOT).startsWith("y");
    }
}
