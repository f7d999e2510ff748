package io.github.whisperspeedtest.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadOptionsTest {
    @Test
    void defaultsUseOneThreadPerProcessorUpToEight() {
        LoadOptions options = LoadOptions.defaults();

        assertThat(options.device()).isEqualTo("auto");
        assertThat(options.computeType()).isEqualTo("auto");
        assertThat(options.threads())
                .isEqualTo(LoadOptions.defaultThreads())
                .isEqualTo(Math.min(8, Runtime.getRuntime().availableProcessors()));
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
