package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.onnx.vad.LoudnessVad;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.testkit.ImplementationContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("end-to-end")
class MpsContractTest extends ImplementationContract {
    @Override
    protected Implementation newImplementation() {
        return new MpsImplementation();
    }

    @Override
    protected void writeVadModel(Path file) throws IOException {
        LoudnessVad.write(file);
    }
}
