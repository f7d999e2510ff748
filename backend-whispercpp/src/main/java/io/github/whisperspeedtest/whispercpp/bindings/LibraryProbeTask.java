package io.github.whisperspeedtest.whispercpp.bindings;

import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Loads a library of whisper.cpp for {@link LibraryProbe}, in a JVM of its own. */
public final class LibraryProbeTask implements ChildTask<LibraryProbeTask.Input, Void, LibraryProbeTask.Answer> {
    /** Creates the task. */
    public LibraryProbeTask() {}

    /**
     * What the task needs.
     *
     * @param files the library
     * @param remedy what to do if it cannot be used
     * @param nativeLibraries directory for JNA's own library
     */
    public record Input(LibraryFiles files, String remedy, Path nativeLibraries) {}

    /**
     * What it found; one of both is null.
     *
     * @param report the report of a usable library
     * @param problem why it cannot be used
     */
    public record Answer(
            @Nullable LibraryReport report, @Nullable Problem problem) {}

    @Override
    public Answer run(Input input, ChildReporter<Void> reporter) {
        try {
            LoadedLibrary library =
                    LoadedLibrary.load(input.files(), new LibraryStore(input.nativeLibraries()), input.remedy());
            return new Answer(library.report(), null);
        } catch (RuntimeUnavailableException e) {
            return new Answer(null, e.problem());
        }
    }
}
