package io.github.whisperspeedtest;

import io.github.whisperspeedtest.lifecycle.RunningCalls;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.registry.ImplementationRegistry;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.util.List;

/**
 * The front door for programs that transcribe: the implementations on the class path, and opening one of them.
 *
 * <p>Immutable and free of native resources; what {@link #open} returns owns those.
 */
public final class WhisperSpeedtest {
    private final ImplementationRegistry registry;
    private final ToolHome home;

    private WhisperSpeedtest(ImplementationRegistry registry, ToolHome home) {
        this.registry = registry;
        this.home = home;
    }

    /** Returns the implementations that this library's own class loader sees, with the current user's models. */
    public static WhisperSpeedtest create() {
        return create(WhisperSpeedtest.class.getClassLoader(), ToolHome.current());
    }

    /** Returns the implementations that a class loader sees, with the models of the given directories. */
    public static WhisperSpeedtest create(ClassLoader classLoader, ToolHome home) {
        return new WhisperSpeedtest(ImplementationRegistry.discover(classLoader), home);
    }

    /** Returns everything that was found on the class path, broken providers included. */
    public ImplementationRegistry registry() {
        return registry;
    }

    /** Returns the directories in use. */
    public ToolHome home() {
        return home;
    }

    /** Returns the implementations, ordered by id; whether they can run here is theirs to say. */
    public List<Implementation> implementations() {
        return registry.implementations();
    }

    /**
     * Loads a model with default options.
     *
     * @param implementation id such as {@code whispercpp}
     * @param model name such as {@code micro}, or the path of a file or directory in the implementation's format
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if there is no such implementation or model, or
     *     loading it fails
     */
    public Transcriber open(String implementation, String model) {
        return open(implementation, model, LoadOptions.defaults());
    }

    /**
     * Loads a model.
     *
     * @param implementation id such as {@code whispercpp}
     * @param model name such as {@code micro}, or the path of a file or directory in the implementation's format
     * @param options device, compute type and threads
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if there is no such implementation or model, or
     *     loading it fails
     */
    public Transcriber open(String implementation, String model, LoadOptions options) {
        Implementation found = registry.require(implementation);
        ModelFiles files = new ModelStore(home).locate(found, model);
        return RunningCalls.run(() -> {}, () -> Transcribers.open(found, files, options));
    }
}
