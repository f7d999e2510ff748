package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.testkit.TestContexts;

/** Asks for availability in a JVM that has not loaded the library yet. */
public final class RuntimeTask implements ChildTask<String, Void, RuntimeTask.Answer> {
    /** Creates the task. */
    public RuntimeTask() {}

    /**
     * Two results of {@link WhisperCppImplementation#availability()}.
     *
     * @param first result of the first call
     * @param second result of the second call
     */
    public record Answer(Availability first, Availability second) {}

    @Override
    public Answer run(String nothing, ChildReporter<Void> reporter) {
        WhisperCppImplementation implementation = TestContexts.configured(new WhisperCppImplementation());
        return new Answer(implementation.availability(), implementation.availability());
    }
}
