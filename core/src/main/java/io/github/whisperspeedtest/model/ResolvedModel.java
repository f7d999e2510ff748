package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model of one implementation that {@link ModelStore#resolve} found by its name or path.
 *
 * @param implementation the implementation that loads it
 * @param info its sources and places
 * @param foundAt the place with all its files; null if no place has them, and for a model given by its path
 * @param found its files, with those of its companions that are on this machine; null if its files are incomplete
 */
public record ResolvedModel(
        Implementation implementation,
        ModelInfo info,
        @Nullable ModelPlace foundAt,
        @Nullable ModelFiles found) {
    /** Checks that only nullable components are null. */
    public ResolvedModel {
        Objects.requireNonNull(implementation, "implementation");
        Objects.requireNonNull(info, "info");
    }

    /** Returns the name that the user typed. */
    public String name() {
        return info.name();
    }

    /** Returns the implementation and the name, such as {@code faster tiny}. */
    public String label() {
        return implementation.id() + " " + info.name();
    }

    /** Returns whether all its files are on this machine. They were not loaded. */
    public boolean isPresent() {
        return found != null;
    }

    /**
     * Returns whether {@link ModelStore#prepare} can write it, as for the demo model and models with random weights.
     */
    public boolean isGenerated() {
        return generated().isPresent();
    }

    Optional<GeneratedModel> generated() {
        return info.sources().stream()
                .flatMap(source -> GeneratedModel.of(source).stream())
                .findFirst();
    }
}
