package io.github.whisperspeedtest.benchmark.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class KeepAwakeTest {
    @TempDir
    private Path directory;

    @Test
    void runsCaffeinateUntilItIsClosed() throws Exception {
        Path started = directory.resolve("started");
        Path program = script(
                "echo \"$$ $*\" > '" + started + ".new'; mv '" + started + ".new' '" + started + "'; exec sleep 600");
        ProcessHandle caffeinate;
        try (KeepAwake awake = KeepAwake.start(program, 4711)) {
            assertThat(awake).isNotNull();
            while (!Files.exists(started)) {
                Thread.sleep(10);
            }
            String[] words = Files.readString(started).strip().split(" ", 2);
            assertThat(words[1]).isEqualTo("-i -w 4711");
            caffeinate = ProcessHandle.of(Long.parseLong(words[0])).orElseThrow();
            assertThat(caffeinate.isAlive()).isTrue();
        }
        assertThat(caffeinate.isAlive()).isFalse();
    }

    @Test
    void machinesWithoutTheProgramRunWithoutIt() throws IOException {
        Path broken = directory.resolve("caffeinate");
        Files.writeString(broken, "#!/no/such/interpreter\n");
        assertThat(broken.toFile().setExecutable(true)).isTrue();

        assertThatCode(() -> KeepAwake.start(directory.resolve("missing"), 1).close())
                .doesNotThrowAnyException();
        assertThatCode(() -> KeepAwake.start(broken, 1).close()).doesNotThrowAnyException();
    }

    @Test
    void programThatEndsAtOnceIsNoProblem() throws IOException {
        Path program = script("exit 1");
        assertThatCode(() -> KeepAwake.start(program, 1).close()).doesNotThrowAnyException();
    }

    private Path script(String commands) throws IOException {
        Path file = directory.resolve("caffeinate");
        Files.writeString(file, "#!/bin/sh\n" + commands + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
