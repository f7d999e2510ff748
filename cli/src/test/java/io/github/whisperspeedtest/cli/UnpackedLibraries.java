package io.github.whisperspeedtest.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The native libraries of the engines, unpacked once for all tests of a build: PyTorch's alone take 440 MB and many seconds. */
final class UnpackedLibraries {
    private UnpackedLibraries() {}

    /** Makes the home of a test, which has no libraries yet, use those of this build. Where links are not permitted, it unpacks its own. */
    static Path shareWith(Path home) throws IOException {
        Path unpacked = Files.createDirectories(Path.of("target", "native").toAbsolutePath());
        Files.createDirectories(home);
        try {
            Files.createSymbolicLink(home.resolve("native"), unpacked);
        } catch (FileSystemException | UnsupportedOperationException e) {
            // Windows lets few users make links.
        }
        return home;
    }
}
