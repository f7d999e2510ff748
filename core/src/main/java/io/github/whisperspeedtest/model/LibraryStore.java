package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.files.ResourceFiles;
import io.github.whisperspeedtest.lifecycle.SetupNotice;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Native libraries unpacked from the class path, one directory per version and variant. */
public final class LibraryStore {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryStore.class);

    private static final String JNA_DIRECTORY = "jna.tmpdir";

    private final Path directory;

    /**
     * Creates a store.
     *
     * @param directory such as {@link io.github.whisperspeedtest.spi.ImplementationContext#nativeLibraries}
     */
    public LibraryStore(Path directory) {
        this.directory = directory;
    }

    /**
     * Code that loads a native library.
     *
     * @param <T> the type of the result
     * @param <E> the checked exception that it throws
     */
    public interface Loader<T, E extends Exception> {
        /** Loads the library. */
        T load() throws E;
    }

    /**
     * Sets system properties, runs code that loads a native library, and restores the properties.
     *
     * <p>JNA, ONNX Runtime and DJL read the location of their libraries only from system properties. No other code
     * sets system properties. Loaders run one at a time.
     *
     * @param properties values by name; null removes a property
     */
    public static <T, E extends Exception> T withProperties(
            Map<String, ? extends @Nullable String> properties, Loader<T, E> loader) throws E {
        synchronized (LibraryStore.class) {
            Map<String, @Nullable String> before = new HashMap<>();
            properties.keySet().forEach(name -> before.put(name, System.getProperty(name)));
            properties.forEach(LibraryStore::setProperty);
            try {
                return loader.load();
            } finally {
                before.forEach(LibraryStore::setProperty);
            }
        }
    }

    private static void setProperty(String name, @Nullable String value) {
        if (value == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }

    /**
     * Returns the system properties that make JNA unpack its library into this store when its class is initialized.
     *
     * <p>Without them JNA uses a directory below {@code XDG_CACHE_HOME} or {@code user.home}, even if these contain
     * {@code ~} or, for an unknown user id, {@code ?}. A directory set by the user is kept.
     */
    public Map<String, String> jnaProperties() {
        if (System.getProperty(JNA_DIRECTORY) != null) {
            return Map.of();
        }
        try {
            Path own = Files.createDirectories(directory);
            if (Files.isWritable(own)) {
                return Map.of(JNA_DIRECTORY, own.toString());
            }
        } catch (IOException e) {
            LOG.debug("JNA cannot unpack its library into {}", directory, e);
        }
        return Map.of(JNA_DIRECTORY, System.getProperty("java.io.tmpdir"));
    }

    /**
     * Unpacks libraries that are not yet unpacked; see {@link ResourceFiles#unpack}.
     *
     * @param engine display name of the engine, such as {@code whisper.cpp}
     * @param name a directory name unique to this version and variant
     * @param resources source of each library by file name
     * @return the directory of the unpacked libraries
     * @throws RuntimeUnavailableException if they cannot be read or unpacked
     */
    public Path unpack(String engine, String name, Map<String, URL> resources) {
        Path target = directory.resolve(name);
        try {
            ResourceFiles.unpack(target, resources, () -> SetupNotice.announce("unpacking " + engine + " (once)"));
        } catch (ZipException e) {
            throw new RuntimeUnavailableException(
                    "Cannot read the libraries of " + engine + " from the class path: " + e.getMessage(),
                    "Replace the jar with an intact copy.",
                    e);
        } catch (IOException e) {
            throw new RuntimeUnavailableException(
                    "Cannot unpack the libraries of " + engine + " into " + target + " ("
                            + e.getClass().getSimpleName() + ": " + e.getMessage() + ")",
                    "Set " + ToolHome.HOME_VARIABLE + " to a writable directory with enough space.",
                    e);
        }
        return target;
    }
}
