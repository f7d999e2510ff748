package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.ErrorKind;
import java.util.List;

/**
 * Exit codes of the process, as listed in {@code docs/user-guide.md}.
 *
 * <p>A command for several files or implementations returns {@link #FAILED} if some failed, and the code of the cause if it could
 * not start or all failed for the same cause.
 */
final class ExitCode {
    /** Success. */
    static final int OK = 0;

    /** Some implementations or files failed. */
    static final int FAILED = 1;

    /** The command line is wrong, or names what does not exist or cannot be read. */
    static final int USAGE = 2;

    /** A model is missing, incomplete or damaged. */
    static final int MODEL = 3;

    /** The machine lacks a requirement: Java, a native library, disk space, a network. */
    static final int ENVIRONMENT = 4;

    /** A fault of this tool or of an engine. */
    static final int INTERNAL = 70;

    /** Interrupted from the keyboard, as shells report SIGINT; {@link Termination} has the other signals. */
    static final int INTERRUPTED = 130;

    /** The output has no reader any more, as shells report SIGPIPE. */
    static final int BROKEN_PIPE = 141;

    private ExitCode() {}

    /** Combines the exit codes of the parts of a command. */
    static int ofAll(List<Integer> parts) {
        List<Integer> different = parts.stream().distinct().toList();
        if (different.isEmpty()) {
            return OK;
        }
        return different.size() == 1 ? different.get(0) : FAILED;
    }

    static int of(ErrorKind kind) {
        return switch (kind) {
            case USER -> USAGE;
            case MODEL -> MODEL;
            case ENVIRONMENT -> ENVIRONMENT;
            case INTERNAL -> INTERNAL;
        };
    }
}
