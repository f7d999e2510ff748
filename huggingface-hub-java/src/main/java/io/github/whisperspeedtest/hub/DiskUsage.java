package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/** Adds up sizes of files and counts each file once, however many links lead to it. */
final class DiskUsage {
    private final Set<Object> counted = new HashSet<>();
    private long bytes;

    /** Adds a regular file unless it is in already; one that has just gone counts nothing. */
    void add(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Object key = attributes.fileKey() == null ? file : attributes.fileKey();
            if (counted.add(key)) {
                bytes += attributes.size();
            }
        } catch (IOException e) {
            return;
        }
    }

    long bytes() {
        return bytes;
    }
}
