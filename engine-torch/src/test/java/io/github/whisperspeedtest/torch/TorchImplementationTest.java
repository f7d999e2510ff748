package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.model.HuggingFaceFormat;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.Transcribers;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TorchImplementationTest {
    private final LoadOptions cpu = LoadOptions.defaults().withDevice("cpu");

    @Test
    void declaresLoadOptions() {
        Transcribers.check(new Some(), cpu.withComputeType("bfloat16").withThreads(512));
        assertRefused(cpu.withDevice("tpu"), "device=tpu", "auto, cpu, mps, cuda");
        assertRefused(cpu.withComputeType("int4"), "compute-type=int4", "auto, float32, bfloat16, float16, int8");
        assertRefused(cpu.withThreads(10_000), "threads=10000", "at most");
        assertRefused(
                cpu.withEngineOption("dump-graph", "graph"), "engine-option dump-graph=graph", "has no engine options");
    }

    private static void assertRefused(LoadOptions options, String... parts) {
        assertThatThrownBy(() -> Transcribers.check(new Some(), options))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContaining("'some'")
                .hasMessageContainingAll(parts);
    }

    private static final class Some extends TorchImplementation {
        private Some() {
            super("some", Capabilities.sequentialDecoding(), new HuggingFaceFormat(), Set.of(TorchDevice.CPU));
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            return List.of();
        }
    }
}
