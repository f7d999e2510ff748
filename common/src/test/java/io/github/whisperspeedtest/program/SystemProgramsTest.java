package io.github.whisperspeedtest.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
class SystemProgramsTest {
    @Test
    void returnsTheOutput() {
        assertThat(SystemPrograms.output(List.of("/bin/sh", "-c", "echo 42; echo error >&2")))
                .isEqualTo("42\n");
    }

    @Test
    void missingProgramPrintsNothing() {
        assertThat(SystemPrograms.output(List.of("/no/such/program"))).isEmpty();
    }

    @Test
    @Timeout(60)
    void programThatHangsIsEnded() {
        assertThat(SystemPrograms.output(List.of("/bin/sh", "-c", "echo early; exec sleep 600")))
                .isEmpty();
    }
}
