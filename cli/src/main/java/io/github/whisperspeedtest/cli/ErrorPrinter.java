package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.DiskErrors;
import java.io.IOException;
import java.nio.file.FileSystemException;
import picocli.CommandLine;

/** Maps an exception to a message and an exit code. */
final class ErrorPrinter implements CommandLine.IExecutionExceptionHandler {
    private final Terminal terminal;

    ErrorPrinter(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        boolean debug = parsed.expandedArgs().contains("--debug");
        return print(failure, debug);
    }

    /** Prints a failure and returns its exit code. */
    int print(Throwable failure, boolean debug) {
        terminal.err().println("error: " + message(failure));
        if (debug) {
            failure.printStackTrace(terminal.err());
        } else if (!(failure instanceof WhisperSpeedtestException)) {
            terminal.err().println("Run again with --debug for the stack trace.");
        }
        if (failure instanceof OperationCancelledException) {
            return ExitCode.INTERRUPTED;
        }
        if (failure instanceof IOException || failure instanceof OutOfMemoryError) {
            return ExitCode.ENVIRONMENT;
        }
        return failure instanceof WhisperSpeedtestException known ? ExitCode.of(known.kind()) : ExitCode.INTERNAL;
    }

    /** Returns a one-line message, with the class name for unexpected exceptions. */
    static String message(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof WhisperSpeedtestException && message != null) {
            return message;
        }
        if (failure instanceof FileSystemException disk && disk.getFile() != null) {
            return disk.getFile() + ": " + DiskErrors.reason(disk);
        }
        if (failure instanceof OutOfMemoryError) {
            return "Java ran out of memory. Raise the limit, for example with JAVA_OPTS=-Xmx4g.";
        }
        return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
