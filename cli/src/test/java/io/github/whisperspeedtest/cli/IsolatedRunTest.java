package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class IsolatedRunTest {
    private static final String RISK = "Its memory is short";

    @ParameterizedTest
    @CsvSource({"exit 0, 0", "exit 3, 3", "kill -INT $$, 130", "kill -TERM $$, 143"})
    void returnsExitCode(String script, int exitCode) throws IOException {
        assertThat(IsolatedRun.run(shell(script), RISK)).isEqualTo(exitCode);
    }

    @ParameterizedTest
    @CsvSource({"ABRT, SIGABRT", "KILL, SIGKILL", "SEGV, SIGSEGV"})
    void namesSignalAndRisk(String signal, String name) {
        assertThatThrownBy(() -> IsolatedRun.run(shell("ulimit -c 0; kill -" + signal + " $$"), RISK))
                .isInstanceOf(EngineException.class)
                .hasMessage(
                        "The engine ended its process (" + name + "). Its memory is short. Close other programs, use a"
                                + " smaller model, or another device. What was written before is kept.");
    }

    @Test
    void interruptEndsTheOtherProcess(@TempDir Path directory) {
        Path ended = directory.resolve("ended");
        ProcessBuilder process = shell("trap ': > " + ended + "; exit 0' TERM; while :; do sleep 0.05; done");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> IsolatedRun.run(process, RISK)).isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(Files.exists(ended)).isTrue();
    }

    private static ProcessBuilder shell(String script) {
        return new ProcessBuilder("sh", "-c", script);
    }
}
