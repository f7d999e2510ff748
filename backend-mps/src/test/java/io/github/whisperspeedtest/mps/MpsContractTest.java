package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.testkit.ImplementationContract;
import org.junit.jupiter.api.Tag;

@Tag("end-to-end")
class MpsContractTest extends ImplementationContract {
    @Override
    protected Implementation newImplementation() {
        return new MpsImplementation();
    }
}
