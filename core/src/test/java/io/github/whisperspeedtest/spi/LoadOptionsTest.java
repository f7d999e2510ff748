package io.github.whisperspeedtest.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.system.HostSystem;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadOptionsTest {
    @Test
    void defaultsAreAutomatic() {
        LoadOptions options = LoadOptions.defaults();

        assertThat(options.device()).isEqualTo("auto");
        assertThat(options.computeType()).isEqualTo("auto");
        assertThat(options.threads())
                .isEqualTo(LoadOptions.defaultThreads())
                .isEqualTo(LoadOptions.defaultThreads(
                        Runtime.getRuntime().availableProcessors(),
                        HostSystem.current().performanceCores()));
    }

    @ParameterizedTest
    @CsvSource({
        "an M1,                   8,  4,  4",
        "an M3 Max,               16, 12, 8",
        "an M4 in two processors, 2,  4,  2",
        "one kind of cores,       6,    , 6",
        "a server,                64,   , 8",
    })
    void efficiencyCoresGetNoThreadByDefault(String machine, int processors, Integer performanceCores, int threads) {
        assertThat(LoadOptions.defaultThreads(
                        processors, performanceCores == null ? OptionalInt.empty() : OptionalInt.of(performanceCores)))
                .as(machine)
                .isEqualTo(threads);
    }

    @Test
    void eachOptionCanBeChangedSeparately() {
        LoadOptions options = new LoadOptions("cpu", "int8", 3);

        assertThat(options.withDevice("gpu")).isEqualTo(new LoadOptions("gpu", "int8", 3));
        assertThat(options.withComputeType("f16")).isEqualTo(new LoadOptions("cpu", "f16", 3));
        assertThat(options.withThreads(1)).isEqualTo(new LoadOptions("cpu", "int8", 1));
        LoadOptions dumping = options.withEngineOption("dump-graph", "graphs");
        assertThat(dumping).isEqualTo(new LoadOptions("cpu", "int8", 3, Map.of("dump-graph", "graphs")));
        assertThat(dumping.withDevice("gpu").withComputeType("f16").withThreads(1))
                .isEqualTo(new LoadOptions("gpu", "f16", 1, Map.of("dump-graph", "graphs")));
        assertThat(dumping.withEngineOption("dump-graph", "others").engineOptions())
                .containsExactly(Map.entry("dump-graph", "others"));
    }

    @Test
    void rejectsZeroThreads() {
        assertThatThrownBy(() -> LoadOptions.defaults().withThreads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads must be at least 1, but was 0");
    }
}
