package io.github.whisperspeedtest.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Asks the person at the terminal. */
interface Prompt {
    /** Returns the answer to a question without the spaces around it, or null at the end of input. */
    @Nullable
    String ask(String question);

    /** Asks a question of which only an answer that begins with {@code y} means yes. */
    default boolean isYes(String question) {
        String answer = ask(question + " [y/N] ");
        return answer != null && answer.toLowerCase(Locale.ROOT).startsWith("y");
    }
}
