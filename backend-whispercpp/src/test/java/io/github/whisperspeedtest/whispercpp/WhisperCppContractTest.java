package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.testkit.ImplementationContract;
import org.junit.jupiter.api.Tag;

@Tag("end-to-end")
class WhisperCppContractTest extends ImplementationContract {
    @Override
    protected Implementation newImplementation() {
        return new WhisperCppImplementation();
    }
}
