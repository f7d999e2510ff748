package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.error.NearestName;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A way to run Whisper. A backend jar provides one such class to {@link java.util.ServiceLoader}.
 *
 * <p>The public no-argument constructor neither loads a native library nor reads the disk. All methods except
 * {@link #availability()}, {@link #inspect} and {@link #load} return cheap metadata.
 */
public interface Implementation {
    /** Returns the short name that users type: lower-case letters, digits and hyphens, unique among all backends. */
    String id();

    /**
     * Returns the names of the environment variables and system properties that this implementation and its libraries
     * read.
     *
     * <p>The {@linkplain #configure context} and the child JVMs get only these. A name that ends with {@code *} is a
     * prefix.
     */
    default List<String> settings() {
        return List.of();
    }

    /**
     * Sets the directories and settings of the program; called once, before every method except {@link #id} and
     * {@link #settings}.
     *
     * <p>Each {@code WhisperSpeedtest} has its own provider objects, so an implementation may keep the context in a field.
     */
    default void configure(ImplementationContext context) {}

    /**
     * Returns whether this implementation can run here. Loads the native library if there is no cheaper way to find
     * out.
     *
     * <p>Never throws. The result is cached, so later calls are free.
     */
    Availability availability();

    /**
     * Returns the named models of this implementation, smallest first.
     *
     * @param modelsDirectory directory for models outside the default Hugging Face cache
     */
    List<ModelInfo> models(Path modelsDirectory);

    /**
     * Returns further named models, which commands for all models leave out: other quantizations, distilled models and
     * other names.
     *
     * @param modelsDirectory as for {@link #models}
     */
    default List<ModelInfo> variants(Path modelsDirectory) {
        return List.of();
    }

    /**
     * Returns the supported options and formats. Loads nothing and returns the same on every machine.
     *
     * <p>Core refuses every undeclared option. The default declares greedy transcription with automatic load options.
     */
    default Capabilities capabilities() {
        return Capabilities.greedy().build();
    }

    /**
     * Loads a model from the given files only. Never uses the network.
     *
     * <p>Programs call {@link Transcribers#open}, which refuses undeclared options before it calls this method. So neither this method
     * nor the transcriber it returns needs to check them.
     *
     * <p>Checks the bounds of the files before native code reads them, so a damaged file causes an exception and not a
     * crash.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if a file is missing, incomplete or damaged
     * @throws io.github.whisperspeedtest.error.EngineUnavailableException if the implementation cannot run here
     * @throws io.github.whisperspeedtest.error.UnsupportedOptionException if this machine or this model cannot honour a declared
     *     option
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    Transcriber load(ModelFiles files, LoadOptions options);

    /**
     * Returns whether a message from this implementation's engine reports exhausted memory.
     *
     * <p>Core already recognises the messages of C++, the JVM and the operating system.
     *
     * @param message the message of an exception, or the last output of the process
     */
    default boolean isOutOfMemory(String message) {
        return false;
    }

    /**
     * Returns why the engine may end the process that it runs in, as a sentence without a full stop; empty if it reports its errors.
     *
     * <p>The command line then transcribes in a process of its own. Other programs can do the same.
     *
     * @param options the options that a model would be loaded with
     */
    default Optional<String> crashRisk(LoadOptions options) {
        return Optional.empty();
    }

    /** Returns the writer for this implementation's format, or empty if core cannot write it. */
    default Optional<CheckpointWriter> checkpointWriter() {
        return Optional.empty();
    }

    /** Returns the reader for this implementation's format, or empty if core cannot read it. */
    default Optional<CheckpointReader> checkpointReader() {
        return Optional.empty();
    }

    /**
     * Returns the files that this implementation loads from a repository or directory, or empty if that is not in its
     * format. The names and the config decide, not the name of the repository.
     *
     * @throws io.github.whisperspeedtest.error.UnsupportedModelException if the format is this implementation's, but the
     *     user must choose one of several models
     */
    default Optional<FileSelection> select(ModelListing listing) {
        return Optional.empty();
    }

    /**
     * Checks the structure of a model's files and compares their lengths with their headers.
     *
     * <p>Needs no engine and reads no weights, so it is fast for every model size. The default uses
     * {@link #checkpointReader()}.
     *
     * @return whether anything was checked; the default returns false without a reader
     * @throws io.github.whisperspeedtest.error.ModelException if a file is missing, incomplete or damaged
     */
    default boolean inspect(ModelFiles files) {
        Optional<CheckpointReader> reader = checkpointReader();
        reader.ifPresent(format -> format.read(files));
        return reader.isPresent();
    }

    /**
     * Returns the description of one of the {@linkplain #models models} or {@linkplain #variants variants}.
     *
     * @param name name of the model, as users type it; case does not matter
     * @param modelsDirectory as for {@link #models}
     * @throws UnknownNameException if the model is unknown; the message lists the known ones
     */
    default ModelInfo modelInfo(String name, Path modelsDirectory) {
        List<ModelInfo> models = models(modelsDirectory);
        List<ModelInfo> variants = variants(modelsDirectory);
        List<ModelInfo> all = Stream.concat(models.stream(), variants.stream()).toList();
        return all.stream()
                .filter(model -> model.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new UnknownNameException("Implementation '" + id() + "' has no model '" + name
                        + "'."
                        + NearestName.question(
                                name, all.stream().map(ModelInfo::name).toList())
                        + " Available models: "
                        + models.stream().map(ModelInfo::name).collect(Collectors.joining(", "))
                        + (variants.isEmpty() ? "." : ", and " + variants.size() + " variants.")));
    }

    /** Returns the builder of this implementation's engine, or empty if users cannot build it with this tool. */
    default Optional<EngineBuilder> engineBuilder() {
        return Optional.empty();
    }

    /**
     * Returns files outside the class path that affect the engine, such as a native library that replaces the bundled
     * one.
     *
     * <p>Cached verdicts become invalid when one of these files changes. Loads nothing.
     */
    default List<Path> engineFiles() {
        return List.of();
    }

    /** Returns the version of the backend's jar, or {@code development} if it runs from class files. */
    default String version() {
        String version = getClass().getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
