package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkEnvironmentTest {
    @ParameterizedTest
    @CsvSource({
        "OpenJDK 64-Bit Server VM, 17.0.15, OpenJDK 17.0.15",
        "Java HotSpot(TM) 64-Bit Server VM, 25, Java HotSpot(TM) 25",
        "Eclipse OpenJ9 VM, 21.0.1, Eclipse OpenJ9 VM 21.0.1",
    })
    void shortensProcessorName(String machine, String version, String expected) {
        assertThat(BenchmarkEnvironment.jvm(machine, version)).isEqualTo(expected);
    }

    @Test
    void describesCurrentMachine() {
        BenchmarkEnvironment environment = BenchmarkEnvironment.detect();

        assertThat(environment.jvm()).endsWith(" " + System.getProperty("java.version"));
        assertThat(environment.os()).startsWith(System.getProperty("os.name"));
        assertThat(environment.chip()).isNotBlank();
        assertThat(environment.cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(environment.memoryBytes()).isGreaterThan(Runtime.getRuntime().totalMemory());
    }
}
