package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.util.List;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs the contract tests and those of the engine's options in a JVM of its own, because one process can load only one library. */
public final class ContractTask implements ChildTask<String, Void, ContractTask.Answer> {
    /** Creates the task. */
    public ContractTask() {}

    /**
     * What happened.
     *
     * @param engine the library that was used
     * @param succeeded number of tests that succeeded
     * @param failures names of tests that failed, with their causes
     */
    public record Answer(String engine, long succeeded, List<String> failures) {}

    @Override
    public Answer run(String nothing, ChildReporter<Void> reporter) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(
                                        DiscoverySelectors.selectClass(WhisperCppContractTest.class),
                                        DiscoverySelectors.selectClass(WhisperCppEngineOptionsTest.class))
                                .build(),
                        listener);
        TestExecutionSummary summary = listener.getSummary();
        return new Answer(
                WhisperCppRuntime.start(TestContexts.ofEngine(), LoadOptions.AUTO)
                        .engine(),
                summary.getTestsSucceededCount(),
                summary.getFailures().stream()
                        .map(failure -> failure.getTestIdentifier().getDisplayName() + ": " + failure.getException())
                        .toList());
    }
}
