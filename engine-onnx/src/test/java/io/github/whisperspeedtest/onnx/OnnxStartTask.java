package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.spi.Availability;

/** Starts ONNX Runtime in a JVM that has not done so yet. */
public final class OnnxStartTask implements ChildTask<String, Void, Availability> {
    /** Creates the task. */
    public OnnxStartTask() {}

    @Override
    public Availability run(String input, ChildReporter<Void> reporter) {
        return OnnxRuntime.availability(false);
    }
}
