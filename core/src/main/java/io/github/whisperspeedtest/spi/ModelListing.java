package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.checkpoint.ConfigFile;
import io.github.whisperspeedtest.hub.FilePattern;
import java.io.File;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names of a model's files and its config, by which an implementation decides whether it can load the model.
 *
 * @param name the repository or directory, for messages
 * @param isRepository whether it is a repository of the hub, otherwise a local directory
 * @param files names of all files, with forward slashes
 * @param file the file that the user chose, one of {@code files}; null if the user chose none
 * @param config the model's {@code config.json}, null if it has none that is readable
 */
public record ModelListing(
        String name,
        boolean isRepository,
        Set<String> files,
        @Nullable String file,
        @Nullable ConfigFile config) {
    /** The file that most formats describe a model in. */
    public static final String CONFIG = "config.json";

    /** Copies the set, keeping its order. */
    public ModelListing {
        Objects.requireNonNull(name, "name");
        files = Collections.unmodifiableSet(new LinkedHashSet<>(files));
    }

    /** Returns whether there is a file of the given name. */
    public boolean has(String fileName) {
        return files.contains(fileName);
    }

    /** Returns those of the given names that exist, in the given order. */
    public List<String> existing(List<String> names) {
        return names.stream().filter(files::contains).toList();
    }

    /**
     * Returns the names that match a pattern.
     *
     * @param pattern as in {@link ModelSource.HubRepository#files}
     */
    public List<String> matching(String pattern) {
        return FilePattern.of(pattern).select(files);
    }

    /** Returns how a user names some of the files, for a message that asks for a choice. */
    public String choices(List<String> fileNames) {
        return fileNames.stream()
                .map(fileName -> name + (isRepository ? ":" : File.separator) + fileName)
                .collect(Collectors.joining(", "));
    }

    /** Returns whether the config has a value of the given name. */
    public boolean states(String name) {
        return config != null && config.has(name);
    }
}
