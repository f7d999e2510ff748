package io.github.whisperspeedtest.mlx.bindings;

import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loads libraries of MLX for {@link MlxLibraryProbe} and checks their devices, in a JVM that may crash. */
public final class MlxProbeTask implements ChildTask<MlxProbeTask.Input, MlxDevice, MlxProbeTask.Answer> {
    /** Creates the task. */
    public MlxProbeTask() {}

    /**
     * What the task needs.
     *
     * @param libraries the libraries
     * @param nativeLibraries directory for JNA's own library
     * @param skipped devices that are not to be checked
     */
    record Input(MlxLibraries libraries, Path nativeLibraries, Set<MlxDevice> skipped) {}

    /**
     * What it found; one of both is null.
     *
     * @param report the report of libraries that can be used
     * @param problem why they cannot be used
     */
    record Answer(@Nullable MlxReport report, @Nullable Problem problem) {}

    @Override
    public Answer run(Input input, ChildReporter<MlxDevice> reporter) {
        try {
            return new Answer(
                    MlxRuntime.inspect(input.libraries(), input.nativeLibraries(), input.skipped(), reporter::report),
                    null);
        } catch (RuntimeUnavailableException e) {
            return new Answer(null, e.problem());
        }
    }
}
