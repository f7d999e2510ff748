package io.github.whisperspeedtest.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an implementation knows of one model: where its files come from and where they belong.
 *
 * @param name what users call it, such as {@code small}
 * @param sources where its files come from; more than one where, say, the tokenizer is a file of a second repository
 * @param hfCacheDir the Hugging Face cache that the implementation looks in, or null for the default one
 * @param localPaths the plain files that the implementation loads, empty where it loads from a Hugging Face cache
 * @param expectedBytes size of all files together, for information; 0 where it is not known
 * @param fallbacks models to take in this one's place where it cannot be had, best first
 */
public record ModelInfo(
        String name,
        List<ModelSource> sources,
        @Nullable Path hfCacheDir,
        List<Path> localPaths,
        long expectedBytes,
        List<ModelInfo> fallbacks) {
    /** Copies the lists. */
    public ModelInfo {
        Objects.requireNonNull(name, "name");
        sources = List.copyOf(sources);
        localPaths = List.copyOf(localPaths);
        fallbacks = List.copyOf(fallbacks);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("Model '" + name + "' names no source");
        }
    }

    /** Returns a model that is kept as plain files, in no Hugging Face cache. */
    public static ModelInfo ofLocalFiles(
            String name, List<ModelSource> sources, List<Path> localPaths, long expectedBytes) {
        return new ModelInfo(name, sources, null, localPaths, expectedBytes, List.of());
    }
}
