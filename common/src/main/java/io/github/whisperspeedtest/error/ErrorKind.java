package io.github.whisperspeedtest.error;

/** Who can mend a failure; the one thing that exit codes and advice are chosen by. */
public enum ErrorKind {
    /** What was asked for is wrong: an unknown name, an option that cannot be honoured, audio that cannot be read. */
    USER,
    /** A model is missing, incomplete or damaged. */
    MODEL,
    /** The machine lacks something: a native library, a device, memory, disk space. */
    ENVIRONMENT,
    /** A fault of this tool or of an engine below it. */
    INTERNAL
}
