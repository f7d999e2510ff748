package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.error.NearestName;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A way to run Whisper: the one class that a backend jar provides to {@link java.util.ServiceLoader}.
 *
 * <p>Its public constructor without parameters does nothing: no native library, no disk. Everything but {@link
 * #availability()}, {@link #inspect} and {@link #load} is cheap metadata.
 */
public interface Implementation {
    /** Returns the short name that users type: lower-case letters, digits and hyphens, unique among all backends. */
    String id();

    /**
     * Returns the names of the environment variables and system properties that it reads, or that its libraries read.
     *
     * <p>The {@linkplain #configure context} and the child JVMs get these and no others. A name that ends with {@code *} stands for all
     * that begin like it.
     */
    default List<String> settings() {
        return List.of();
    }

    /**
     * Sets the directories and settings of the program; called once, before everything but {@link #id} and {@link #settings}.
     *
     * <p>Each {@code WhisperSpeedtest} has its own provider objects, so an implementation may keep the context in a field.
     */
    default void configure(ImplementationContext context) {}

    /**
     * Returns whether it can run here; loads the native library where that is the only way to know.
     *
     * <p>Never throws. Success or the cause of a failure is kept, so a second call is free.
     */
    Availability availability();

    /**
     * Returns the models that this implementation knows by name, small ones first.
     *
     * @param modelsDirectory directory of the models that live in no default Hugging Face cache
     */
    List<ModelInfo> models(Path modelsDirectory);

    /**
     * Returns what this implementation supports; loads nothing and is the same on every machine.
     *
     * <p>Core refuses every option that is not declared here. The default declares greedy transcription with automatic load options.
     */
    default Capabilities capabilities() {
        return Capabilities.greedy().build();
    }

    /**
     * Loads a model from exactly the files given; reads the disk and never the network.
     *
     * <p>Programs call {@link Transcribers#open}, which refuses undeclared options before it calls this method. So neither this method
     * nor the transcriber it returns needs to check them.
     *
     * <p>Bounds-checks the files before native code sees them: a damaged file is an exception, not a crash.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if a file is missing, incomplete or damaged
     * @throws io.github.whisperspeedtest.error.EngineUnavailableException if the implementation cannot run here
     * @throws io.github.whisperspeedtest.error.UnsupportedOptionException if this machine or this model cannot honour a declared
     *     option
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    Transcriber load(ModelFiles files, LoadOptions options);

    /**
     * Returns whether a message of this implementation's engine says that memory ran out.
     *
     * <p>Those of C++, the JVM and the operating system are known; the default adds none.
     *
     * @param message what an exception says, or what the process printed before it ended
     */
    default boolean isOutOfMemory(String message) {
        return false;
    }

    /** Returns the writer of this implementation's format, empty where it has none. */
    default Optional<CheckpointWriter> checkpointWriter() {
        return Optional.empty();
    }

    /** Returns the reader of this implementation's format, empty where it has none. */
    default Optional<CheckpointReader> checkpointReader() {
        return Optional.empty();
    }

    /**
     * Checks the structure of a model's files, and that they have the lengths that their own headers imply.
     *
     * <p>Needs no engine and reads no weights, so it takes a moment whatever the model's size. The default reads the files with {@link
     * #checkpointReader()}.
     *
     * @return whether anything was checked; false from the default where the implementation has no reader
     * @throws io.github.whisperspeedtest.error.ModelException if a file is missing, incomplete or damaged
     */
    default boolean inspect(ModelFiles files) {
        Optional<CheckpointReader> reader = checkpointReader();
        reader.ifPresent(format -> format.read(files));
        return reader.isPresent();
    }

    /**
     * Returns what is known of one model.
     *
     * @param name name of the model, as users type it
     * @param modelsDirectory as for {@link #models}
     * @throws UnknownNameException if there is no such model; lists the known ones
     */
    default ModelInfo modelInfo(String name, Path modelsDirectory) {
        List<ModelInfo> models = models(modelsDirectory);
        return models.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UnknownNameException("Implementation '" + id() + "' knows no model '" + name
                        + "'."
                        + NearestName.question(
                                name, models.stream().map(ModelInfo::name).toList())
                        + " It knows: "
                        + models.stream().map(ModelInfo::name).collect(Collectors.joining(", ")) + "."));
    }

    /**
     * Returns the files outside the class path that decide what the engine does, such as a native library that the user put in
     * the place of the bundled one.
     *
     * <p>What was found out about a model is forgotten when one of them changes. Loads nothing.
     */
    default List<Path> engineFiles() {
        return List.of();
    }

    /** Returns the version of the backend's jar, {@code development} where it runs from class files. */
    default String version() {
        String version = getClass().getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
