package io.github.whisperspeedtest.mlx.bindings;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.testkit.TestContexts;

/** Starts MLX, twice, in a JVM that has not done so yet. */
public final class StartTask implements ChildTask<String, Void, StartTask.Answer> {
    /** Creates the task. */
    public StartTask() {}

    /**
     * What came of it the second time.
     *
     * @param version the version, empty where it did not start
     * @param reason why it did not, empty where it did
     * @param remedy what helps, empty where it started
     * @param firstReason why it did not the first time
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
