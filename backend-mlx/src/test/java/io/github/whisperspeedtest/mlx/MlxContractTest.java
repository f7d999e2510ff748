package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.mlx.bindings.RealMlx;
import io.github.whisperspeedtest.onnx.OnnxTranscribers;
import io.github.whisperspeedtest.onnx.vad.LoudnessVad;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.testkit.ImplementationContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** The contract on MLX itself. Requires MLX. */
@Tag("end-to-end")
@RealMlx
class MlxContractTest extends ImplementationContract {
    @Override
    protected Implementation newImplementation() {
        return new MlxImplementation();
    }

    /** Only ONNX Runtime can write its graph. */
    @Override
    protected Capabilities capabilities() {
        return super.capabilities().toBuilder()
                .withoutEngineOption(OnnxTranscribers.DUMP_GRAPH.name())
                .withoutEngineOption(OnnxTranscribers.ARM_KERNELS.name())
                .build();
    }

    @Override
    protected void writeVadModel(Path file) throws IOException {
        LoudnessVad.write(file);
    }
}
