package io.github.whisperspeedtest.checkpoint.torch;

/** Python's {@code None}. */
enum Nothing {
    NONE
}
