package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.onnx.vad.LoudnessVad;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.testkit.ImplementationContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("end-to-end")
class WhisperCppContractTest extends ImplementationContract {
    @Override
    protected Implementation newImplementation() {
        return new WhisperCppImplementation();
    }

    @Override
    protected void writeVadModel(Path file) throws IOException {
        LoudnessVad.write(file);
    }
}
