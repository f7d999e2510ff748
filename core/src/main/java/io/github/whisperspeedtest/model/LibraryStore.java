package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.ResourceFiles;
import io.github.whisperspeedtest.lifecycle.SetupNotice;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native libraries that were unpacked from the class path, a directory for each version and variant. */
public final class LibraryStore {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryStore.class);

    private static final String JNA_DIRECTORY = "jna.tmpdir";

    private LibraryStore() {}

    /**
     * Gives JNA a directory to unpack its library into, unless it has been given one; to be called before JNA is touched.
     *
     * <p>By itself it creates one below {@code XDG_CACHE_HOME} or {@code user.home}, whatever these hold: {@code ~} or, for a user id
     * that the system does not know, {@code ?}.
     */
    public static void prepareJna() {
        if (System.getProperty(JNA_DIRECTORY) != null) {
            return;
        }
        String directory = System.getProperty("java.io.tmpdir");
        try {
            Path own = Files.createDirectories(ToolHome.current().nativeLibraries());
            directory = Files.isWritable(own) ? own.toString() : directory;
        } catch (IOException | WhisperSpeedtestException e) {
            LOG.debug("JNA unpacks its library into {}", directory, e);
        }
        System.setProperty(JNA_DIRECTORY, directory);
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
    public static Path unpack(String engine, String name, Map<String, URL> resources) {
        Path directory;
        try {
            directory = ToolHome.current().nativeLibraries().resolve(name);
        } catch (WhisperSpeedtestException e) {
            throw new RuntimeUnavailableException(
                    "There is no directory to unpack the libraries of " + engine + " into",
                    String.valueOf(e.getMessage()),
                    e);
        }
        try {
            ResourceFiles.unpack(directory, resources, () -> SetupNotice.announce("unpacking " + engine + " (once)"));
        } catch (ZipException e) {
            throw new RuntimeUnavailableException(
                    "The libraries of " + engine + " cannot be read from the class path: " + e.getMessage(),
                    "Put the jar there again, whole and unchanged.",
                    e);
        } catch (IOException e) {
            throw new RuntimeUnavailableException(
                    "The libraries of " + engine + " cannot be unpacked into " + directory + " ("
                            + e.getClass().getSimpleName() + ": " + e.getMessage() + ")",
                    "Set " + ToolHome.HOME_VARIABLE + " to a directory that you may write to and that has space.",
                    e);
        }
        return directory;
    }
}
