package io.github.whisperspeedtest.provenance;

import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.HubException;
import io.github.whisperspeedtest.hub.Snapshot;
import io.github.whisperspeedtest.hub.SnapshotFile;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the files of an earlier run again, those of the hub at the same commit. */
public final class PinnedFiles {
    private PinnedFiles() {}

    /**
     * Returns the files of a model: those at the same paths, otherwise those of the same repository and commit in a cache.
     *
     * <p>Their content may differ from the recorded one; compare the hashes.
     *
     * @param hubCache the default Hugging Face cache
     * @return empty if one of the files is in neither place
     */
    public static Optional<ModelFiles> find(ModelProvenance model, Path hubCache) {
        Map<String, Path> byName = new LinkedHashMap<>();
        for (UsedFile file : model.files()) {
            Optional<Path> found = atSamePath(file).or(() -> atSameCommit(file, hubCache));
            if (found.isEmpty()) {
                return Optional.empty();
            }
            byName.put(file.name(), found.get());
        }
        return Optional.of(new ModelFiles(model.model(), byName));
    }

    private static Optional<Path> atSamePath(UsedFile file) {
        try {
            return Optional.of(Path.of(file.path())).filter(Path::isAbsolute).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            // The path of another operating system.
            return Optional.empty();
        }
    }

    private static Optional<Path> atSameCommit(UsedFile file, Path hubCache) {
        if (file.repository() == null || file.commit() == null) {
            return Optional.empty();
        }
        try {
            return new HubCache(hubCache)
                    .find(file.repository(), file.commit())
                    .map(Snapshot::files)
                    .flatMap(files -> Stream.of(file.name(), withoutCompanion(file.name()))
                            .map(files::get)
                            .filter(Objects::nonNull)
                            .findFirst())
                    .filter(found -> !found.isBroken())
                    .map(SnapshotFile::file);
        } catch (HubException e) {
            // Not the name of a repository.
            return Optional.empty();
        }
    }

    /** Returns the name in the repository of a companion, which starts after the companion's name. */
    private static String withoutCompanion(String name) {
        return name.substring(name.indexOf('/') + 1);
    }
}
