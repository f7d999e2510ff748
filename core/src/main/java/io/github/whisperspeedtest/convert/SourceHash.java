package io.github.whisperspeedtest.convert;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.provenance.Hashes;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

/**
 * A short hash of the names, sizes and times of a model's files. It tells versions of a model apart without reading
 * gigabytes.
 */
final class SourceHash {
    private static final int DIGITS = 8;

    private SourceHash() {}

    /**
     * Returns the hash of a model's files.
     *
     * @throws ModelException if a file cannot be read
     */
    static String of(ModelFiles files) {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, Path> file : files.byName().entrySet()) {
            try {
                Path content = file.getValue().toRealPath();
                BasicFileAttributes attributes = Files.readAttributes(content, BasicFileAttributes.class);
                lines.append(file.getKey() + "\0" + content + "\0" + attributes.size() + "\0"
                        + attributes.lastModifiedTime().toMillis() + "\n");
            } catch (IOException e) {
                throw new ModelException(
                        "Cannot read " + file.getValue() + ": " + DiskErrors.reason(e) + ". Check its permissions.", e);
            }
        }
        return Hashes.sha256(lines.toString()).substring(0, DIGITS);
    }
}
