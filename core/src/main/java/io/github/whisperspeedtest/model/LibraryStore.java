package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.files.ResourceFiles;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipException;

/** The native libraries that were unpacked from the class path, a directory for each version and variant. */
public final class LibraryStore {
    private LibraryStore() {}

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
        Path directory = ToolHome.current().nativeLibraries().resolve(name);
        try {
            ResourceFiles.unpack(directory, resources);
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
