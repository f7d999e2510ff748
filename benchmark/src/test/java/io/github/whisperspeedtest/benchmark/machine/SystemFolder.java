package io.github.whisperspeedtest.benchmark.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory with files such as those of {@code /proc} and {@code /sys}. */
record SystemFolder(Path root) {
    SystemFolder with(String path, String content) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    MachineState sample() {
        return new LinuxMachine(root, 8).sample();
    }
}
