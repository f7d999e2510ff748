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
import java.util.concurrent.Callable;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native libraries that were unpacked from the class path, a directory for each version and variant. */
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
     * Runs code that loads a native library while system properties are set, and restores them.
     *
     * <p>JNA, ONNX Runtime and DJL read where their libraries are from system properties and from nowhere else. This is the one place
     * that sets any. Loaders run one after the other.
     *
     * @param properties values by name; null removes a property
     */
    public static <T> T withProperties(Map<String, ? extends @Nullable String> properties, Callable<T> loader)
            throws Exception {
        synchronized (LibraryStore.class) {
            Map<String, @Nullable String> before = new HashMap<>();
            properties.keySet().forEach(name -> before.put(name, System.getProperty(name)));
            properties.forEach(LibraryStore::setProperty);
            try {
                return loader.call();
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
     * Returns the system properties by which JNA, when its class is initialized, unpacks its library into this store.
     *
     * <p>Without them JNA uses a directory below {@code XDG_CACHE_HOME} or {@code user.home}, whatever these hold: {@code ~} or, for a
     * user id that the system does not know, {@code ?}. A directory that the user set is kept.
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
     * Unpacks libraries unless that has been done, as {@link ResourceFiles#unpack} does.
     *
     * @param engine whose libraries they are, for people, such as {@code whisper.cpp}
     * @param name a directory name that no other version or variant has
     * @param resources where each library comes from, by its file name
     * @return the directory that they are in
     * @throws RuntimeUnavailableException if they cannot be read or unpacked
     */
    public Path unpack(String engine, String name, Map<String, URL> resources) {
        Path target = directory.resolve(name);
        try {
            ResourceFiles.unpack(target, resources, () -> SetupNotice.announce("unpacking " + engine + " (once)"));
        } catch (ZipException e) {
            throw new RuntimeUnavailableException(
                    "The libraries of " + engine + " cannot be read from the class path: " + e.getMessage(),
                    "Put the jar there again, whole and unchanged.",
                    e);
        } catch (IOException e) {
            throw new RuntimeUnavailableException(
                    "The libraries of " + engine + " cannot be unpacked into " + target + " ("
                            + e.getClass().getSimpleName() + ": " + e.getMessage() + ")",
                    "Set " + ToolHome.HOME_VARIABLE + " to a directory that you may write to and that has space.",
                    e);
        }
        return target;
    }
}
