package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.DiskErrors;
import java.io.IOException;
import java.nio.file.FileSystemException;
import picocli.CommandLine;

/** Turns whatever a command throws into a message and an exit code, in this one place. */
final class ErrorPrinter implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
    private final Terminal terminal;

    ErrorPrinter(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        boolean debug = parsed.expandedArgs().contains("--debug");
        return print(failure, debug);
    }

    @Override
    public int handleParseException(CommandLine.ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        terminal.err().println("error: " + failure.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(failure, terminal.err())) {
            terminal.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for the options.");
        }
        return ExitCode.USAGE;
    }

    /** Prints what failed and returns the exit code for it. */
    int print(Throwable failure, boolean debug) {
        terminal.err().println("error: " + message(failure));
        if (debug) {
            failure.printStackTrace(terminal.err());
        } else if (!(failure instanceof WhisperSpeedtestException)) {
            terminal.err().println("Run it again with --debug to see where this comes from.");
        }
        if (failure instanceof OperationCancelledException) {
            return ExitCode.INTERRUPTED;
        }
        if (failure instanceof IOException || failure instanceof OutOfMemoryError) {
            return ExitCode.ENVIRONMENT;
        }
        return failure instanceof WhisperSpeedtestException known ? ExitCode.of(known.kind()) : ExitCode.INTERNAL;
    }

    /** Returns a one-line message, with the class where the message alone would say too little. */
    static String message(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof WhisperSpeedtestException && message != null) {
            return message;
        }
        if (failure instanceof FileSystemException disk && disk.getFile() != null) {
            return disk.getFile() + ": " + DiskErrors.reason(disk);
        }
        if (failure instanceof OutOfMemoryError) {
            return "Java ran out of memory. Give it more, for example with JAVA_OPTS=-Xmx4g.";
        }
        return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
