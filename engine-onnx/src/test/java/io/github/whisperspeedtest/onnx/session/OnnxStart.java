package io.github.whisperspeedtest.onnx.session;

import io.github.whisperspeedtest.testkit.TestContexts;

/** A program that starts ONNX Runtime and prints the result. */
final class OnnxStart {
    private OnnxStart() {}

    /** Runs the program. */
    public static void main(String[] arguments) {
        System.out.println(OnnxRuntime.availability(TestContexts.ofEngine(), false));
    }
}
