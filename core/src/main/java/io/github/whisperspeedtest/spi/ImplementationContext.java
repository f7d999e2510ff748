package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.settings.Settings;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The directories and settings of the program that uses an implementation.
 *
 * @param nativeLibraries directory for unpacked native libraries; it need not exist yet
 * @param cache directory for files that this implementation can recreate; it need not exist yet
 * @param settings the environment variables and system properties that {@link Implementation#settings} names, if they
 *     are set
 */
public record ImplementationContext(Path nativeLibraries, Path cache, Settings settings) {
    /** Checks that nothing is null. */
    public ImplementationContext {
        Objects.requireNonNull(nativeLibraries, "nativeLibraries");
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(settings, "settings");
    }
}
