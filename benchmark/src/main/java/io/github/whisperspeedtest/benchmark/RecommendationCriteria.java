package io.github.whisperspeedtest.benchmark;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a recommended candidate must fulfil.
 *
 * @param models names of the models to choose from; empty for all
 * @param language code of a language that its recordings must have, and whose word errors count; null for all recordings
 * @param maxErrorRate largest word error rate, 0.1 for 10 %; null for any, also an unknown one
 * @param maxMemoryBytes largest peak memory, null for any, also an unknown one
 */
public record RecommendationCriteria(
        Set<String> models,
        @Nullable String language,
        @Nullable Double maxErrorRate,
        @Nullable Long maxMemoryBytes) {
    /** Copies the set. */
    public RecommendationCriteria {
        models = Set.copyOf(models);
    }
}
