package io.github.whisperspeedtest.mlx.bindings;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.testkit.TestContexts;

/** Starts MLX twice in a new JVM. */
public final class StartTask implements ChildTask<String, Void, StartTask.Answer> {
    /** Creates the task. */
    public StartTask() {}

    /**
     * Result of the second start.
     *
     * @param version version, empty if it did not start
     * @param reason reason for the failure, empty if it started
     * @param remedy remedy, empty if it started
     * @param firstReason reason for the failure of the first start
     */
    public record Answer(String version, String reason, String remedy, String firstReason) {}

    @Override
    public Answer run(String input, ChildReporter<Void> reporter) {
        String first = "";
        try {
            MlxRuntime.start(TestContexts.ofEngine());
        } catch (RuntimeUnavailableException e) {
            first = e.reason();
        }
        try {
            return new Answer(MlxRuntime.start(TestContexts.ofEngine()).version(), "", "", first);
        } catch (RuntimeUnavailableException e) {
            return new Answer("", e.reason(), e.remedy(), first);
        }
    }
}
