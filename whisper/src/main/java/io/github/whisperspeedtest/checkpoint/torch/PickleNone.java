package io.github.whisperspeedtest.checkpoint.torch;

/** Python's {@code None}. */
enum PickleNone {
    NONE
}
