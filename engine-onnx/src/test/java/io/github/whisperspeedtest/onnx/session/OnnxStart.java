package io.github.whisperspeedtest.onnx.session;

import io.github.whisperspeedtest.testkit.TestContexts;

/** A program that starts ONNX Runtime and says what came of it. */
final class OnnxStart {
    private OnnxStart() {}

    /** Runs it. */
    public static void main(String[] arguments) {
        System.out.println(OnnxRuntime.availability(TestContexts.ofEngine(), false));
    }
}
