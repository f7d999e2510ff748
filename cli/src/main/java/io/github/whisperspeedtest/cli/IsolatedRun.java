package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.process.ExitCodes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs this command once more in a JVM of its own, for an engine that may end the process.
 *
 * <p>The second process has the same standard streams, and signals of the keyboard reach both. Only what the engine's end would have
 * hidden is left to this one: the message.
 */
final class IsolatedRun {
    private static final String PROPERTY = "whisperspeedtest.isolated";

    /** They end the second process as its user wants. */
    private static final Set<String> WANTED_SIGNALS = Set.of("SIGHUP", "SIGINT", "SIGPIPE", "SIGTERM");

    /** Less than this process has after a signal. The keyboard's has reached the second one too, which needs no other then. */
    private static final long OWN_END_MILLIS = 1500;

    private static final long END_MILLIS = 400;

    /** Time for the second process to end by itself after this one. */
    private static final long ORPHAN_MILLIS = 3000;

    private IsolatedRun() {}

    /** Returns whether this is the second process. */
    static boolean isThis() {
        return Boolean.getBoolean(PROPERTY);
    }

    /** Returns the system properties of the second process. */
    static Map<String, String> properties() {
        return Map.of(PROPERTY, "true");
    }

    /** Ends this second process soon after the first one has ended, even if that was killed. */
    static void endWithParent() {
        ProcessHandle.current()
                .parent()
                .ifPresent(parent -> parent.onExit().thenRun(() -> {
                    try {
                        Thread.sleep(ORPHAN_MILLIS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
                }));
    }

    /**
     * Runs the command.
     *
     * @param arguments those of this process
     * @param risk why the engine may end the process, as a sentence without a full stop
     * @return the exit code
     * @throws EngineException if the process crashed
     * @throws OperationCancelledException if this thread is interrupted
     */
    static int run(List<String> arguments, String risk) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(
                List.of("-D" + PROPERTY + "=true", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(arguments);
        return run(new ProcessBuilder(command).inheritIO(), risk);
    }

    /** Runs a process. */
    static int run(ProcessBuilder builder, String risk) throws IOException {
        Process process = builder.start();
        int exitCode;
        try {
            exitCode = process.waitFor();
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("interrupted", e);
        } finally {
            process.destroy();
        }
        String signal = crash(exitCode);
        if (signal == null) {
            return exitCode;
        }
        throw new EngineException("The engine ended its process (" + signal + "). " + risk
                + ". Close other programs, use a smaller model, or another device. What was written before is kept.");
    }

    /** Returns the signal or Windows status that ended a process against its user's will, null if it ended otherwise. */
    static @Nullable String crash(int exitCode) {
        String signal = ExitCodes.signalName(exitCode);
        return signal == null || WANTED_SIGNALS.contains(signal) ? null : signal;
    }

    private static void end(Process process) {
        try {
            if (!process.waitFor(OWN_END_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroy();
                process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            process.destroy();
        }
    }
}
