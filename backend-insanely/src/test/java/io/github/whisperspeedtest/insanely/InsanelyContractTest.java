package io.github.whisperspeedtest.insanely;

import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.testkit.ImplementationContract;
import org.junit.jupiter.api.Tag;

@Tag("end-to-end")
class InsanelyContractTest extends ImplementationContract {
    @Override
    protected Implementation newImplementation() {
        return new InsanelyImplementation();
    }
}
