package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.files.Placeholder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files on disk that a model is loaded from.
 *
 * @param model name of the model, for messages and reports
 * @param byName absolute paths by file name in the source, such as {@code model.bin}; the file names of a companion
 *     start with the companion's name and a slash
 */
public record ModelFiles(String model, Map<String, Path> byName) {
    /** Copies the map, keeping its order. */
    public ModelFiles {
        Objects.requireNonNull(model, "model");
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /**
     * Returns a model with the given files, keyed by file name.
     *
     * @throws IllegalArgumentException if two files have the same name
     */
    public static ModelFiles of(String model, List<Path> files) {
        Map<String, Path> byName = new LinkedHashMap<>();
        for (Path file : files) {
            Path absolute = file.toAbsolutePath().normalize();
            Path other = byName.put(absolute.getFileName().toString(), absolute);
            if (other != null) {
                throw new IllegalArgumentException(
                        "Model '" + model + "' has two files with the same name: " + other + " and " + absolute);
            }
        }
        return new ModelFiles(model, byName);
    }

    /**
     * Returns a model with the files in a directory, keyed by file name. Subdirectories are ignored.
     *
     * @throws ModelException if the directory cannot be read
     */
    public static ModelFiles ofDirectory(String model, Path directory) {
        try (Stream<Path> content = Files.list(directory)) {
            return of(model, content.filter(Files::isRegularFile).sorted().toList());
        } catch (IOException e) {
            throw new ModelException(
                    "Cannot read " + directory + ": " + DiskErrors.reason(e) + ". Check its permissions.", e);
        }
    }

    /**
     * Returns the file of a single-file model.
     *
     * @throws ModelException if the model does not have exactly one readable file
     */
    public Path single() {
        if (byName.size() != 1) {
            throw new ModelException("Model '" + model + "' must be one file, but has " + byName.size() + ": "
                    + byName.values() + ". Give the path of the file to load.");
        }
        return readable(byName.values().iterator().next());
    }

    /**
     * Returns the file of the given name.
     *
     * @throws ModelException if the file is missing or not readable
     */
    public Path require(String name) {
        Path file = byName.get(name);
        if (file == null) {
            throw new ModelException("Model '" + model + "' has no file '" + name + "'; its files are "
                    + byName.keySet() + ". Download it again.");
        }
        return readable(file);
    }

    /**
     * Returns these files and those of a companion.
     *
     * @throws IllegalArgumentException if two files would have the same name
     */
    public ModelFiles with(ModelFiles companion) {
        Map<String, Path> all = new LinkedHashMap<>(byName);
        companion.byName.forEach((name, file) -> {
            Path other = all.putIfAbsent(companion.model + "/" + name, file);
            if (other != null) {
                throw new IllegalArgumentException("Model '" + model + "' and its companion '" + companion.model
                        + "' have two files with the same name: " + other + " and " + file);
            }
        });
        return new ModelFiles(model, all);
    }

    /**
     * Returns the files of a companion under the names in its own source, or empty if the companion is not included.
     */
    public Optional<ModelFiles> companion(String name) {
        String start = name + "/";
        Map<String, Path> own = new LinkedHashMap<>();
        byName.forEach((full, file) -> {
            if (full.startsWith(start)) {
                own.put(full.substring(start.length()), file);
            }
        });
        return own.isEmpty() ? Optional.empty() : Optional.of(new ModelFiles(name, own));
    }

    /** Returns these files without those of a companion. */
    public ModelFiles withoutCompanion(String name) {
        Map<String, Path> own = new LinkedHashMap<>(byName);
        own.keySet().removeIf(file -> file.startsWith(name + "/"));
        return new ModelFiles(model, own);
    }

    private Path readable(Path file) {
        if (!Files.exists(file)) {
            throw new ModelException("Model '" + model + "' is missing: " + file + " does not exist.");
        }
        if (!Files.isRegularFile(file)) {
            throw new ModelException("Model '" + model + "' cannot be loaded: " + file + " is not a file.");
        }
        if (!Files.isReadable(file)) {
            throw new ModelException(
                    "Model '" + model + "' cannot be loaded: " + file + " is not readable. Check its permissions.");
        }
        Placeholder.describe(file).ifPresent(found -> {
            throw new ModelException(
                    "Model '" + model + "' cannot be loaded: " + file + " " + found + ". Download the file itself.");
        });
        return file;
    }
}
