package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.lifecycle.SetupNotice;
import io.github.whisperspeedtest.system.HostSystem;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** Entry point of the command line; the only place that ends the process. */
public final class Main {
    private static final String LOG_LEVEL_PROPERTY = "org.slf4j.simpleLogger.defaultLogLevel";

    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] args) {
        configureLogging(Arrays.asList(args));
        Termination termination = new Termination();
        Terminal terminal = Terminal.takeOver(termination::readerGone);
        termination.install(terminal);
        SetupNotice.setListener(terminal.status()::show);
        if (IsolatedRun.isThis()) {
            IsolatedRun.endWithParent();
        }
        int code = run(terminal, args);
        terminal.status().clear();
        termination.workStopped();
        System.exit(code);
    }

    /** Runs one command and returns its exit code. */
    static int run(Terminal terminal, String... args) {
        return run(terminal, HostSystem.current(), args);
    }

    /**
     * Runs one command.
     *
     * @param system the system of this JVM; where Rosetta translates it, no command runs, because no engine for this machine could be loaded
     */
    static int run(Terminal terminal, HostSystem system, String... args) {
        ErrorPrinter errors = new ErrorPrinter(terminal);
        Optional<Problem> translation = system.translation();
        if (translation.isPresent()) {
            return errors.print(new RuntimeUnavailableException(translation.get(), null), false);
        }
        try {
            int code = commandLine(terminal, errors, Arrays.asList(args)).execute(args);
            if (terminal.out().checkError() && code == ExitCode.OK) {
                terminal.err().println("error: cannot write all output to standard output");
                return ExitCode.ENVIRONMENT;
            }
            return code;
        } catch (OutOfMemoryError | LinkageError e) {
            return errors.print(e, Arrays.asList(args).contains("--debug"));
        }
    }

    private static CommandLine commandLine(Terminal terminal, ErrorPrinter errors, List<String> arguments) {
        CommandLine command = RootCommand.commandLine(new CommandFactory(terminal), arguments)
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        terminal.colorOut() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Path.class, new PathConverter())
                .setExecutionExceptionHandler(errors)
                .setParameterExceptionHandler(new UsageErrorPrinter(terminal))
                .setUsageHelpWidth(terminal.columns());
        HelpLayout.apply(command);
        return command;
    }

    /** Runs before the first logger is created, which reads the level once. */
    private static void configureLogging(List<String> args) {
        String level = args.contains("--debug") ? "debug" : args.contains("--verbose") ? "info" : "warn";
        System.setProperty(LOG_LEVEL_PROPERTY, System.getProperty(LOG_LEVEL_PROPERTY, level));
        if (level.equals("warn")) {
            // DJL repeats a warning where CUDA is installed without a driver.
            System.setProperty("org.slf4j.simpleLogger.log.ai.djl.util.cuda", "error");
        }
        System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
        System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
    }
}
