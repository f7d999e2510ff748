package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.onnx.vad.LoudnessVad;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.testkit.ImplementationContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** The contract on ONNX Runtime, with or without MLX on this machine. */
@Tag("end-to-end")
class PortableContractTest extends ImplementationContract {
    @Override
    protected Implementation newImplementation() {
        return new MlxImplementation();
    }

    @Override
    protected LoadOptions loadOptions() {
        return LoadOptions.defaults().withDevice(MlxImplementation.ONNX);
    }

    @Override
    protected void writeVadModel(Path file) throws IOException {
        LoudnessVad.write(file);
    }
}
