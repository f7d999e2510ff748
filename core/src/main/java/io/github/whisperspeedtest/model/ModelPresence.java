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
 * What one place holds of a model, as far as names, links, sizes and the beginnings of files tell; nothing was loaded.
 *
 * @param place the place
 * @param state what came of it
 * @param reason sentences about what is wrong or strange, empty where there is nothing to say
 * @param model the model, or the fallback that was found in its stead
 * @param where the directories or files that were looked at
 * @param files the files that are there
 * @param partialFiles parts of files that a download left
 */
public record ModelPresence(
        ModelPlace place,
        State state,
        String reason,
        ModelInfo model,
        List<Path> where,
        List<ModelFile> files,
        List<Path> partialFiles) {
    /** How much of a model is there. */
    public enum State {
        /** The model is never kept at this place. */
        NOT_APPLICABLE,
        /** Nothing of it is there. */
        MISSING,
        /** Some of it is missing, broken or of the wrong size. */
        INCOMPLETE,
        /** Every file is there. */
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
     * Returns what these files of the model itself and those that it borrows come to.
     *
     * <p>What it borrows may be there for another model's sake: that alone is nothing of this one.
     *
     * @param borrowed what there is of, say, a tokenizer
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

    /** Returns whether every file is there. */
    public boolean isPresent() {
        return state == State.PRESENT;
    }

    /**
     * Returns the files as a loader takes them.
     *
     * @param name what the user called the model
     */
    public ModelFiles toModelFiles(String name) {
        Map<String, Path> byName = new LinkedHashMap<>();
        // Where two sources have a file of one name, the model's own, which comes first, wins.
        files.forEach(file -> byName.putIfAbsent(file.name(), file.file()));
        return new ModelFiles(name, byName);
    }

    /** Returns the file of a repository that becomes the given plain file: the one of that name, in whichever folder. */
    Optional<ModelFile> fileFor(Path plainFile) {
        return files.stream()
                .filter(file -> Path.of(file.name()).endsWith(plainFile.getFileName()))
                .findFirst();
    }

    /** Returns the regular files that take up the space: contents and parts. */
    public List<Path> contents() {
        List<Path> contents = new ArrayList<>();
        files.forEach(file -> contents.add(file.content()));
        contents.addAll(partialFiles);
        return contents.stream().distinct().toList();
    }

    /** Returns the bytes of all given files, each counted once however many names and hard links it has. */
    public static long sizeOnDisk(Collection<Path> files) {
        Set<Object> counted = new HashSet<>();
        long bytes = 0;
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                Object key = attributes.fileKey() == null ? file.toRealPath() : attributes.fileKey();
                bytes += counted.add(key) ? attributes.size() : 0;
            } catch (IOException e) {
                // Gone since it was found, so it takes no space.
                continue;
            }
        }
        return bytes;
    }
}
