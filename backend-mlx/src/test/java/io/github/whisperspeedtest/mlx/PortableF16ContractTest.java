package io.github.whisperspeedtest.mlx;

/** The contract on ONNX Runtime with weights that are not quantised. */
class PortableF16ContractTest extends PortableContractTest {
    @Override
    protected String model() {
        return "micro-f16";
    }
}
