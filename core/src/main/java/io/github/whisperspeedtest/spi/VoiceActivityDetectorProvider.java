package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.vad.VoiceActivityDetector;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads the voice activity detector that core applies to every implementation. An engine's jar provides one such class to
 * {@link java.util.ServiceLoader}.
 *
 * <p>The public no-argument constructor neither loads a native library nor reads the disk.
 */
public interface VoiceActivityDetectorProvider {
    /**
     * Returns the names of the environment variables and system properties that this provider and its libraries read, as
     * {@link Implementation#settings} does. Every implementation's context contains them too.
     */
    default List<String> settings() {
        return List.of();
    }

    /**
     * Loads the detector. Never uses the network.
     *
     * @param file the file of {@link SileroModel}
     * @param context the directories and settings of the implementation that the detector works for
     * @throws io.github.whisperspeedtest.error.ModelException if the file is missing, damaged or something else
     * @throws io.github.whisperspeedtest.error.EngineUnavailableException if the detector cannot run on this machine
     */
    VoiceActivityDetector load(Path file, ImplementationContext context);
}
