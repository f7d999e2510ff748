package io.github.whisperspeedtest.onnx.session;

/** A program that starts ONNX Runtime and prints the result. */
final class OnnxStart {
    private OnnxStart() {}

    /** Runs the program. */
    public static void main(String[] arguments) {
        System.out.println(OnnxRuntime.availability(false));
    }
}
