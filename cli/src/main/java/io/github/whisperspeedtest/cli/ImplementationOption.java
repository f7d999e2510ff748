package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.spi.Implementation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The implementation of a command that uses one. */
final class ImplementationOption {
    @Option(
            names = {"-i", "--implementation"},
            order = 2,
            paramLabel = "ID",
            completionCandidates = Completions.Implementations.class,
            description = "Implementation (default: the first that has its device here; see 'list').")
    private @Nullable String id;

    ImplementationOption() {}

    /** Returns the implementation for a model, as {@link ImplementationChoice#of} does. */
    Implementation choose(WhisperSpeedtest library, String model) {
        return ImplementationChoice.of(library, id, model);
    }
}
