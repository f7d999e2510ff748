package io.github.whisperspeedtest.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Describes one model of an implementation: the sources of its files and their places on disk.
 *
 * @param name the name that users type, such as {@code small}
 * @param sources sources of its files: first the model itself, then files it borrows, such as a tokenizer from another
 *     repository
 * @param hfCacheDir the Hugging Face cache that the implementation uses, or null for the default one
 * @param localPaths the plain files that the implementation loads, empty if it loads from a Hugging Face cache. If
 *     only some files come from the hub, those are loaded from the cache and these are the others. Of a {@link
 *     ModelSource.HubArchive}: the one directory that it is unpacked into
 * @param expectedBytes total size of all files, for information; 0 if unknown
 * @param fallbacks replacements if this model is not available, best first
 * @param companions optional models that improve this one or its fallbacks, such as a voice activity detector. They
 *     are loaded with it if they are on this machine
 */
public record ModelInfo(
        String name,
        List<ModelSource> sources,
        @Nullable Path hfCacheDir,
        List<Path> localPaths,
        long expectedBytes,
        List<ModelInfo> fallbacks,
        List<ModelInfo> companions) {
    /**
     * Divisor of the published size that gives the smallest plausible size of a model with that name.
     *
     * <p>For the same weights, the smallest files in use (4-bit with a scale per block) have a seventh of the size of
     * the largest (32-bit). A distilled model with the same name has half of that.
     */
    private static final int SMALLEST_SHARE = 16;

    /** Copies the lists. */
    public ModelInfo {
        Objects.requireNonNull(name, "name");
        sources = List.copyOf(sources);
        localPaths = List.copyOf(localPaths);
        fallbacks = List.copyOf(fallbacks);
        companions = List.copyOf(companions);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("Model '" + name + "' has no source");
        }
    }

    /** Describes a model without companions. */
    public ModelInfo(
            String name,
            List<ModelSource> sources,
            @Nullable Path hfCacheDir,
            List<Path> localPaths,
            long expectedBytes,
            List<ModelInfo> fallbacks) {
        this(name, sources, hfCacheDir, localPaths, expectedBytes, fallbacks, List.of());
    }

    /** Returns a model that is stored as plain files, outside any Hugging Face cache. */
    public static ModelInfo ofLocalFiles(
            String name, List<ModelSource> sources, List<Path> localPaths, long expectedBytes) {
        return new ModelInfo(name, sources, null, localPaths, expectedBytes, List.of());
    }

    /** Returns the hub repositories among the sources. */
    public List<ModelSource.HubRepository> repositories() {
        return sources.stream()
                .flatMap(source -> source.hubRepository().stream())
                .toList();
    }

    /** Returns the archive that this model is unpacked from, or empty if it consists of other files. */
    public Optional<ModelSource.HubArchive> archive() {
        return sources.get(0).hubArchive();
    }

    /** Returns whether all files come from the hub, so that a Hugging Face cache may hold the whole model. */
    public boolean isWhollyFromHub() {
        return repositories().size() == sources.size();
    }

    /**
     * Returns whether files of this size may be this model in any quantization.
     *
     * @param bytes total size of all files
     */
    public boolean isPlausibleSize(long bytes) {
        return bytes >= expectedBytes / SMALLEST_SHARE;
    }

    /** Returns this model with other companions. */
    public ModelInfo withCompanions(List<ModelInfo> value) {
        return new ModelInfo(name, sources, hfCacheDir, localPaths, expectedBytes, fallbacks, value);
    }
}
