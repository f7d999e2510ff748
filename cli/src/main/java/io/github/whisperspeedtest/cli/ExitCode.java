package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.ErrorKind;
import java.util.List;

/**
 * What the process returns; the table in {@code docs/user-guide.md} is this class.
 *
 * <p>A command that works through several files or implementations returns {@link #FAILED} if any of them failed, and the code of
 * the cause only where nothing could begin, or where all failed for the same cause.
 */
final class ExitCode {
    /** Everything asked for was done. */
    static final int OK = 0;

    /** At least one implementation or file failed; the others were done. */
    static final int FAILED = 1;

    /** The command line is wrong, or names what does not exist or cannot be read. */
    static final int USAGE = 2;

    /** A model is missing, incomplete or damaged. */
    static final int MODEL = 3;

    /** The machine lacks something: Java, a native library, disk space. */
    static final int ENVIRONMENT = 4;

    /** A fault of this tool or of an engine. */
    static final int INTERNAL = 70;

    /** Interrupted from the keyboard, as shells count it; {@link Termination} has the other signals. */
    static final int INTERRUPTED = 130;

    /** Nobody reads the output any more, as shells count the end by SIGPIPE. */
    static final int BROKEN_PIPE = 141;

    private ExitCode() {}

    /** Returns the exit code of a command from those of its parts. */
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
