package io.github.whisperspeedtest.checkpoint.torch;

import java.util.List;

/**
 * Python's tuple.
 *
 * @param items what is in it
 */
record Tuple(List<Object> items) {
    /** Copies the list. */
    Tuple {
        items = List.copyOf(items);
    }
}
