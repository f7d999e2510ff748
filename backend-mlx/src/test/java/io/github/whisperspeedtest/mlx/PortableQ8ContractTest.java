package io.github.whisperspeedtest.mlx;

import org.junit.jupiter.api.Tag;

/** The contract on ONNX Runtime with weights of eight bits. */
@Tag("end-to-end")
class PortableQ8ContractTest extends PortableContractTest {
    @Override
    protected String model() {
        return "micro-q8";
    }
}
