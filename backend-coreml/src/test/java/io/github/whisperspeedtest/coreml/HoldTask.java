package io.github.whisperspeedtest.coreml;

import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads a compiled model in a process of its own, and ends when it gets a command. */
public final class HoldTask implements ChildTask<String, String, String> {
    static final String KEY = "held";

    /** Creates the task. */
    public HoldTask() {}

    @Override
    public String run(String directory, ChildReporter<String> reporter) throws InterruptedException {
        Path cache = Path.of(directory);
        CompiledModels.in(cache, cache).load(KEY, root -> {
            try {
                return Files.createDirectory(cache.resolve(KEY));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        reporter.report("loaded");
        return reporter.awaitCommand();
    }
}
