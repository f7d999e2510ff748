package io.github.whisperspeedtest.mlx;

import org.junit.jupiter.api.Tag;

/** The contract on ONNX Runtime with unquantized weights. */
@Tag("end-to-end")
class PortableF16ContractTest extends PortableContractTest {
    @Override
    protected String model() {
        return "micro-f16";
    }
}
