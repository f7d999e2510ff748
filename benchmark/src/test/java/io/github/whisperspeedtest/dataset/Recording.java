package io.github.whisperspeedtest.dataset;

import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Real recordings in the directories of tests. */
final class Recording {
    static final String NAME = "en_single_01.flac";

    private Recording() {}

    /** Writes a short recording of speech, and the directories above it. */
    static Path at(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (InputStream in = MicroSamples.named(NAME).open()) {
            Files.copy(in, file);
        }
        return file;
    }
}
