package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.settings.Settings;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The directories and settings of the program that uses an implementation.
 *
 * @param nativeLibraries directory for unpacked native libraries; it need not exist yet
 * @param cache directory for files that this implementation can recreate; it need not exist yet
 * @param engines directory of the engines that the user has built for this implementation, each in
 *     {@code <version>/lib}; it need not exist yet. {@link io.github.whisperspeedtest.model.EngineStore} describes it
 * @param settings the environment variables and system properties that {@link Implementation#settings} names, if they
 *     are set
 */
public record ImplementationContext(Path nativeLibraries, Path cache, Path engines, Settings settings) {
    /** Checks that nothing is null. */
    public ImplementationContext {
        Objects.requireNonNull(nativeLibraries, "nativeLibraries");
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(engines, "engines");
        Objects.requireNonNull(settings, "settings");
    }
}
