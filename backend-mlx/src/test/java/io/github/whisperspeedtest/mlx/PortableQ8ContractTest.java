package io.github.whisperspeedtest.mlx;

/** The contract on ONNX Runtime with weights of eight bits. */
class PortableQ8ContractTest extends PortableContractTest {
    @Override
    protected String model() {
        return "micro-q8";
    }
}
