package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.testkit.ImplementationContract;

class WhisperCppContractTest extends ImplementationContract {
    @Override
    protected Implementation newImplementation() {
        return new WhisperCppImplementation();
    }
}
