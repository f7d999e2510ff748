package io.github.whisperspeedtest.insanely;

import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.testkit.ImplementationContract;

class InsanelyContractTest extends ImplementationContract {
    @Override
    protected Implementation newImplementation() {
        return new InsanelyImplementation();
    }
}
