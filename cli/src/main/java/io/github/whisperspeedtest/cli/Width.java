package io.github.whisperspeedtest.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The width that output is laid out for.
 *
 * @param columns the number of columns
 * @param requested whether the user set it, so that it counts for a pipe too
 */
record Width(int columns, boolean requested) {
    /** System property with the width of the terminal, set by the start script. */
    static final String COLUMNS_PROPERTY = "whisperspeedtest.columns";

    /** The environment variable of POSIX. */
    static final String COLUMNS_VARIABLE = "COLUMNS";

    /** The width where none is known. */
    static final Width DEFAULT = new Width(80, false);

    /** The narrowest that picocli lays help out for, rounded up. */
    private static final int MIN_COLUMNS = 60;

    /**
     * Returns the width that the environment sets, otherwise that of the terminal, otherwise 80.
     *
     * @param detected the width of the terminal, null or empty where it is unknown
     */
    static Width of(Map<String, String> environment, @Nullable String detected) {
        int requested = number(environment.get(COLUMNS_VARIABLE));
        if (requested > 0) {
            return new Width(Math.max(MIN_COLUMNS, requested), true);
        }
        int terminal = number(detected);
        return terminal > 0 ? new Width(Math.max(MIN_COLUMNS, terminal), false) : DEFAULT;
    }

    private static int number(@Nullable String text) {
        return text != null && text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
    }
}
