package io.github.whisperspeedtest.process.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Signal settings that child processes of this JVM inherit. */
public final class InheritedSignals {
    private InheritedSignals() {}

    /**
     * Skips a test where this JVM was started with a signal ignored, as {@code nohup} does with SIGHUP and a script's {@code &} with
     * SIGINT. Children inherit that, and a JVM or a shell that starts so cannot undo it.
     *
     * @param name name of the signal without {@code SIG}
     */
    public static void assumeNotIgnored(String name) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", "kill -" + name + " $$").start();
        assertThat(shell.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assumeTrue(
                shell.exitValue() != 0,
                () -> "SIG" + name
                        + " is ignored by this process and its children: the build runs under nohup, or in the"
                        + " background of a script. Run it in the foreground to test this signal.");
    }
}
