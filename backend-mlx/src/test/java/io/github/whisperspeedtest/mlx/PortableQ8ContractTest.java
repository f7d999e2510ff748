package io.github.whisperspeedtest.mlx;

import org.junit.jupiter.api.Tag;

/** The contract on ONNX Runtime with 8-bit weights. */
@Tag("end-to-end")
class PortableQ8ContractTest extends PortableContractTest {
    @Override
    protected String model() {
        return "micro-q8";
    }
}
