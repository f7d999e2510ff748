package io.github.whisperspeedtest.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an implementation knows of one model: where its files come from and where they belong.
 *
 * @param name what users call it, such as {@code small}
 * @param sources where its files come from: first the model itself, then what it borrows, such as the tokenizer of a second
 *     repository
 * @param hfCacheDir the Hugging Face cache that the implementation looks in, or null for the default one
 * @param localPaths the plain files that the implementation loads, empty where it loads from a Hugging Face cache. Of a model that
 *     comes from the hub only in part, they are the rest; what comes from the hub is loaded from the cache
 * @param expectedBytes size of all files together, for information; 0 where it is not known
 * @param fallbacks models to take in this one's place where it cannot be had, best first
 * @param companions models that this one, or a fallback of it, works better with, such as a voice activity detector. They are
 *     loaded with it where they are on this machine, and their absence takes nothing from it
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
     * How many times smaller than the published files a good model of that name may be.
     *
     * <p>Of the same weights the smallest files in use (4-bit with a scale per block) have a seventh of the bytes of the largest (32-bit);
     * a distilled model under the same name has half of that.
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
            throw new IllegalArgumentException("Model '" + name + "' names no source");
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

    /** Returns a model that is kept as plain files, in no Hugging Face cache. */
    public static ModelInfo ofLocalFiles(
            String name, List<ModelSource> sources, List<Path> localPaths, long expectedBytes) {
        return new ModelInfo(name, sources, null, localPaths, expectedBytes, List.of());
    }

    /** Returns the repositories of the hub among the sources. */
    public List<ModelSource.HubRepository> repositories() {
        return sources.stream()
                .flatMap(source -> source.hubRepository().stream())
                .toList();
    }

    /** Returns whether all files come from the hub, so that a Hugging Face cache may hold the whole model. */
    public boolean isWhollyFromHub() {
        return repositories().size() == sources.size();
    }

    /**
     * Returns whether files of a size may be this model, in whatever quantisation.
     *
     * @param bytes size of all files together
     */
    public boolean isPlausibleSize(long bytes) {
        return bytes >= expectedBytes / SMALLEST_SHARE;
    }

    /** Returns this model with other companions. */
    public ModelInfo withCompanions(List<ModelInfo> value) {
        return new ModelInfo(name, sources, hfCacheDir, localPaths, expectedBytes, fallbacks, value);
    }
}
