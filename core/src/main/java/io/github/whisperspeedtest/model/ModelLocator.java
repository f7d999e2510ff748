package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.ModelPresence.State;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource.HubArchive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds models on this machine, for both loading and checking.
 *
 * <p>Never writes. Reads only names, links, sizes, the hub's listings and the beginning of each file.
 */
public final class ModelLocator {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLocator.class);

    private final Supplier<Path> hubCache;
    private final List<Path> flatDirectories;

    /**
     * Creates a locator that looks only into the places of the models.
     *
     * @param hubCache the default Hugging Face cache
     */
    public ModelLocator(Path hubCache) {
        this(() -> hubCache, List.of());
    }

    /**
     * Creates a locator that also looks into the {@linkplain ToolHome#otherModels() directories of other programs}.
     *
     * @param hubCache determines the default cache only when needed, because invalid settings make that fail
     */
    public ModelLocator(Supplier<Path> hubCache, ToolHome home) {
        this(hubCache, home.flatDirectories());
    }

    private ModelLocator(Supplier<Path> hubCache, List<Path> flatDirectories) {
        this.hubCache = hubCache;
        this.flatDirectories = flatDirectories;
    }

    /**
     * Returns the state of a model in one place or, if the model is not complete there, of its fallbacks.
     *
     * @return the first complete one, otherwise the first partial one, otherwise the state of the model itself
     */
    public ModelPresence look(ModelInfo model, ModelPlace place) {
        List<ModelPresence> found =
                candidates(model).map(candidate -> lookFor(candidate, place)).toList();
        return firstOf(found, State.PRESENT)
                .or(() -> firstOf(found, State.INCOMPLETE))
                .orElse(found.get(0));
    }

    /**
     * Returns the best candidate for loading: the model from the implementation's own place, then from the default
     * cache, then each fallback in the same order.
     *
     * @return empty if none of them is complete anywhere
     */
    public Optional<ModelPresence> best(ModelInfo model) {
        return candidates(model)
                .flatMap(candidate ->
                        Stream.of(ModelPlace.LOCAL_CACHE, ModelPlace.HUB_CACHE).map(place -> lookFor(candidate, place)))
                .filter(ModelPresence::isPresent)
                .findFirst();
    }

    /**
     * Returns the state of a companion where it is complete, otherwise where a download puts it.
     *
     * @param companion a companion of a model
     */
    public ModelPresence lookForCompanion(ModelInfo companion) {
        return best(companion).orElseGet(() -> {
            ModelPresence own = look(companion, ModelPlace.LOCAL_CACHE);
            return own.state() == State.NOT_APPLICABLE ? look(companion, ModelPlace.HUB_CACHE) : own;
        });
    }

    /**
     * Returns the companions of a model that are on this machine, each under its own name.
     *
     * <p>Incomplete companions are left out. Those in the default cache are also left out if invalid settings make that
     * cache unavailable, because the model itself may not need it.
     */
    List<ModelFiles> companions(String model, List<ModelInfo> companions) {
        List<ModelFiles> found = new ArrayList<>();
        for (ModelInfo companion : companions) {
            try {
                best(companion).ifPresent(presence -> found.add(presence.toModelFiles(companion.name())));
            } catch (WhisperSpeedtestException e) {
                LOG.warn("{} is loaded without {}: {}", model, companion.name(), e.getMessage());
            }
        }
        return found;
    }

    private static Optional<ModelPresence> firstOf(List<ModelPresence> found, State state) {
        return found.stream().filter(presence -> presence.state() == state).findFirst();
    }

    /** Returns a model and all its fallbacks, best first. */
    static Stream<ModelInfo> candidates(ModelInfo model) {
        return Stream.concat(Stream.of(model), model.fallbacks().stream().flatMap(ModelLocator::candidates));
    }

    private ModelPresence lookFor(ModelInfo model, ModelPlace place) {
        boolean fromHub = model.isWhollyFromHub();
        if (place == ModelPlace.HUB_CACHE) {
            return fromHub
                    ? HubPresence.look(model, place, hubCache.get())
                    : ModelPresence.notApplicable(
                            place, model, "The model does not come entirely from the Hugging Face hub.");
        }
        ModelPresence own = lookInOwnPlace(model, place);
        return own.isPresent() || own.state() == State.NOT_APPLICABLE || !isPublished(model)
                ? own
                : flatDirectories.stream()
                        .map(directory -> lookInOwnPlace(moved(model, directory), place))
                        .filter(ModelPresence::isPresent)
                        .findFirst()
                        .orElse(own);
    }

    private static boolean isPublished(ModelInfo model) {
        return model.sources().get(0).isPublished();
    }

    /** Returns a model whose files or cache are in a directory of another program. */
    private static ModelInfo moved(ModelInfo model, Path directory) {
        return new ModelInfo(
                model.name(),
                model.sources(),
                model.hfCacheDir() == null ? null : directory,
                model.localPaths().stream()
                        .map(path -> directory.resolve(path.getFileName()))
                        .toList(),
                model.expectedBytes(),
                model.fallbacks(),
                model.companions());
    }

    private ModelPresence lookInOwnPlace(ModelInfo model, ModelPlace place) {
        Optional<HubArchive> archive = model.archive();
        if (archive.isPresent()) {
            return UnpackedPresence.look(model, archive.get(), place);
        }
        boolean fromHub = model.isWhollyFromHub();
        Path own = model.hfCacheDir();
        if (!model.localPaths().isEmpty()) {
            ModelPresence plain = PlainPresence.look(model, place);
            return fromHub || model.repositories().isEmpty()
                    ? plain
                    : plain.withBorrowed(HubPresence.look(model, place, own == null ? hubCache.get() : own));
        }
        if (own != null && fromHub) {
            return HubPresence.look(model, place, own);
        }
        return ModelPresence.notApplicable(
                place, model, "The implementation loads this model from the default Hugging Face cache.");
    }
}
