package io.github.whisperspeedtest.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the programs are shell scripts")
@Timeout(60)
class ProgramRunTest {
    private static final Duration PATIENT = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @Test
    void passesOnOutputAndExitCode() throws IOException {
        int code = run("pwd; printf 'a\\rb\\n\\n' >&2; echo \"$EXTRA\"; cat; exit 7");

        assertThat(code).isEqualTo(7);
        assertThat(lines).containsExactly(directory.toRealPath().toString(), "a", "b", "ü");
        assertThat(copy.toString(StandardCharsets.UTF_8)).isEqualTo(directory.toRealPath() + "\na\rb\n\nü\n");
    }

    @Test
    void cutsEndlessLine() throws IOException {
        run("head -c 100000 /dev/zero | tr '\\0' x");

        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(4096));
        assertThat(String.join("", lines)).hasSize(100_000);
        assertThat(copy.size()).isEqualTo(100_000);
    }

    @Test
    void reportsCopyThatCannotBeWritten() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("no space left");
            }
        };
        // More than a pipe holds, so the program would wait for ever if nobody read on.
        List<String> command = List.of("/bin/sh", "-c", "head -c 300000 /dev/zero");

        assertThatThrownBy(() -> ProgramRun.run(command, directory, Map.of(), full, line -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("no space left");
    }

    @Test
    void doesNotWaitForBackgroundProcess() throws IOException {
        int code = run("sleep 30 & echo $!; exit 0");

        assertThat(code).isZero();
        ProcessHandle.of(Long.parseLong(lines.get(0))).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void interruptEndsProgramAndItsChildren() throws Exception {
        Path pids = directory.resolve("pids");
        // The inner shell ignores the request to end.
        String script =
                "sleep 300 & echo $! >> pids; sh -c \"trap '' TERM; echo \\$\\$ >> pids; while :; do sleep 1; done\" &"
                        + " echo $$ >> pids; wait";
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                run(script);
            } catch (IOException | RuntimeException e) {
                thrown.set(e);
            }
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        thread.start();
        while (!Files.exists(pids) || Files.readAllLines(pids).size() < 3) {
            Thread.sleep(10);
        }

        thread.interrupt();
        thread.join(PATIENT.toMillis());

        assertThat(thrown.get()).isInstanceOf(OperationCancelledException.class);
        assertThat(interrupted.get()).isTrue();
        for (String pid : Files.readAllLines(pids)) {
            ProcessHandle.of(Long.parseLong(pid))
                    .ifPresent(process -> assertThat(process.onExit()).succeedsWithin(PATIENT));
        }
    }

    @Test
    void reportsMissingProgram() {
        assertThatThrownBy(() -> ProgramRun.run(
                        List.of(directory.resolve("none").toString()), directory, Map.of(), copy, lines::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none");
    }

    @Test
    void findsExecutableFilesInOrder() throws IOException {
        Path first = Files.createDirectories(directory.resolve("first"));
        Path second = Files.createDirectories(directory.resolve("second"));
        Files.createFile(first.resolve("tool"));
        Path tool = Files.createFile(second.resolve("tool"));
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        SearchPath path = new SearchPath(Arrays.asList(directory.resolve("absent"), first, second));

        assertThat(path.find("tool")).contains(tool);
        assertThat(path.find("other")).isEmpty();
    }

    private int run(String script) throws IOException {
        return ProgramRun.run(List.of("/bin/sh", "-c", script), directory, Map.of("EXTRA", "ü"), copy, lines::add);
    }
}
