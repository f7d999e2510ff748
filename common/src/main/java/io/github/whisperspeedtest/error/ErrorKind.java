package io.github.whisperspeedtest.error;

/** The cause of a failure, from which callers derive advice and exit codes. */
public enum ErrorKind {
    /** The request is wrong: an unknown name, an unsupported option, or unreadable audio. */
    USER,
    /** A model is missing, incomplete or damaged. */
    MODEL,
    /** The machine lacks a resource: a native library, a device, memory or disk space. */
    ENVIRONMENT,
    /** A defect of this tool or of an engine that it uses. */
    INTERNAL
}
