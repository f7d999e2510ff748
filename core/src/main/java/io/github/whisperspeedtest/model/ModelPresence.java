package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of a model in one place, judged by names, links, sizes and the beginnings of files. Nothing was loaded.
 *
 * @param place the place
 * @param state how much of the model is present
 * @param reason full sentences about problems and anything unusual; empty if there are none
 * @param model the model, or the fallback that was found instead
 * @param where the directories or files that were checked
 * @param files the files that are present
 * @param partialFiles partial files of a download
 */
public record ModelPresence(
        ModelPlace place,
        State state,
        String reason,
        ModelInfo model,
        List<Path> where,
        List<ModelFile> files,
        List<Path> partialFiles) {
    /** How much of a model is present. */
    public enum State {
        /** The model is never stored in this place. */
        NOT_APPLICABLE,
        /** No file is present. */
        MISSING,
        /** Some files are missing, damaged or of the wrong size. */
        INCOMPLETE,
        /** All files are present. */
        PRESENT
    }

    /** Copies the lists. */
    public ModelPresence {
        Objects.requireNonNull(place, "place");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(model, "model");
        where = List.copyOf(where);
        files = List.copyOf(files);
        partialFiles = List.copyOf(partialFiles);
    }

    static ModelPresence notApplicable(ModelPlace place, ModelInfo model, String reason) {
        return new ModelPresence(place, State.NOT_APPLICABLE, reason, model, List.of(), List.of(), List.of());
    }

    /**
     * Returns the combined state of the model's own files and the files it borrows.
     *
     * <p>Borrowed files may belong to another model, so on their own they do not count as part of this one.
     *
     * @param borrowed state of the borrowed files, such as a tokenizer
     */
    ModelPresence withBorrowed(ModelPresence borrowed) {
        State both = state == State.PRESENT && !borrowed.isPresent() ? State.INCOMPLETE : state;
        boolean nothing = state == State.MISSING;
        return new ModelPresence(
                place,
                both,
                Stream.of(reason, borrowed.reason)
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining(" ")),
                model,
                concat(where, borrowed.where),
                nothing ? files : concat(files, borrowed.files),
                nothing ? partialFiles : concat(partialFiles, borrowed.partialFiles));
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** Returns whether all files are present. */
    public boolean isPresent() {
        return state == State.PRESENT;
    }

    /**
     * Returns the files for a loader.
     *
     * @param name name of the model as the user typed it
     */
    public ModelFiles toModelFiles(String name) {
        Map<String, Path> byName = new LinkedHashMap<>();
        // If two sources have a file with the same name, the model's own file, which comes first, wins.
        files.forEach(file -> byName.putIfAbsent(file.name(), file.file()));
        return new ModelFiles(name, byName);
    }

    /** Returns the repository file for the given plain file: the file of the same name in any folder. */
    Optional<ModelFile> fileFor(Path plainFile) {
        return files.stream()
                .filter(file -> Path.of(file.name()).endsWith(plainFile.getFileName()))
                .findFirst();
    }

    /** Returns the regular files on disk: contents and partial files. */
    public List<Path> contents() {
        List<Path> contents = new ArrayList<>();
        files.forEach(file -> contents.add(file.content()));
        contents.addAll(partialFiles);
        return contents.stream().distinct().toList();
    }

    /** Returns the total size of the given files in bytes, counting hard links to the same file once. */
    public static long sizeOnDisk(Collection<Path> files) {
        Set<Object> counted = new HashSet<>();
        long bytes = 0;
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                Object key = attributes.fileKey() == null ? file.toRealPath() : attributes.fileKey();
                bytes += counted.add(key) ? attributes.size() : 0;
            } catch (IOException e) {
                // Deleted since it was found, so it takes no space.
                continue;
            }
        }
        return bytes;
    }
}
