package io.github.whisperspeedtest.spi;

/**
 * Builds the native engine of an implementation from source code that the user has, with the user's own tools. Downloads nothing.
 *
 * <p>The result is one flat directory with all libraries of the build, {@code lib} in
 * {@code <}{@linkplain ImplementationContext#engines engines}{@code >/<version>}. They find one another there.
 */
public interface EngineBuilder {
    /** Returns the name of the engine, such as {@code whisper.cpp}. */
    String engine();

    /**
     * Builds the engine and replaces an earlier build of the same version. Does not change the source code.
     *
     * <p>Readers see either the earlier build or the new one. A failed or interrupted build leaves the earlier one and no temporary
     * files; the output of the build tools is kept in a file that the message of the exception names.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException of the kind {@code USER} if the directory does not hold the
     *     source code of a version that can be used, or an option is wrong
     * @throws io.github.whisperspeedtest.error.EngineUnavailableException if a tool is missing or fails, another build is running, or the
     *     disk cannot be written
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted
     */
    BuiltEngine build(EngineBuildRequest request, EngineBuildListener listener);
}
