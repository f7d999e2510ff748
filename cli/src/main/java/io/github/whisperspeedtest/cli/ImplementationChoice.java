package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Chooses the implementation that runs a model. */
final class ImplementationChoice {
    private final List<Implementation> implementations;
    private final ModelStore models;

    /**
     * Creates a choice.
     *
     * @param implementations those that there are, best first
     * @param models finds their models
     */
    ImplementationChoice(List<Implementation> implementations, ModelStore models) {
        this.implementations = implementations;
        this.models = models;
    }

    /**
     * Returns the implementation for a model.
     *
     * @param id the one that the user named, null for the best one for the model
     * @throws UnknownNameException if there is none of this id
     */
    static Implementation of(WhisperSpeedtest library, @Nullable String id, String model) {
        return library.registry()
                .require(
                        id == null
                                ? new ImplementationChoice(library.implementations(), library.models()).forModel(model)
                                : id);
    }

    /**
     * Returns the first implementation that runs here on its own device, otherwise the first that runs at all.
     *
     * <p>For a path, only implementations that recognise the format count; if there is none, those that cannot tell.
     *
     * @throws ModelException if no implementation reads the format of the model
     * @throws EngineUnavailableException if no implementation for the model runs here
     */
    String forModel(String model) {
        List<Implementation> candidates = candidates(model);
        List<String> unfit = implementations.stream()
                .filter(other ->
                        !candidates.contains(other) && other.checkpointReader().isPresent())
                .map(Implementation::id)
                .toList();
        StringBuilder reasons = new StringBuilder();
        @Nullable String fallback = null;
        for (Implementation candidate : candidates) {
            Availability availability = candidate.availability();
            if (availability instanceof Availability.Unavailable missing) {
                reasons.append(' ')
                        .append(candidate.id())
                        .append(": ")
                        .append(missing.reason())
                        .append('.');
            } else if (!((Availability.Available) availability).fallback()) {
                return candidate.id();
            } else if (fallback == null) {
                fallback = candidate.id();
            }
        }
        if (fallback != null) {
            return fallback;
        }
        String formats = model + " is not in the format of " + String.join(", ", unfit) + ".";
        if (!unfit.isEmpty() && reasons.isEmpty()) {
            throw new ModelException("No implementation can load this model: " + formats
                    + " Convert it with 'whisper-speedtest convert'.");
        }
        throw new EngineUnavailableException("No implementation can run here." + reasons
                + (unfit.isEmpty() ? "" : " Also, " + formats)
                + " Run 'whisper-speedtest list' for the requirements.");
    }

    private List<Implementation> candidates(String model) {
        List<ResolvedModel> resolved = models.resolve(implementations, model);
        List<Implementation> able =
                resolved.stream().map(ResolvedModel::implementation).toList();
        Optional<ModelFiles> files = models.ofPath(model);
        if (files.isEmpty() || able.isEmpty()) {
            return able;
        }
        List<Implementation> sure = resolved.stream()
                .filter(candidate -> candidate.info().sources().get(0).isPublished()
                        || knows(candidate.implementation(), model)
                        || candidate
                                .implementation()
                                .checkpointReader()
                                .filter(reader -> reader.recognises(files.get()))
                                .isPresent())
                .map(ResolvedModel::implementation)
                .toList();
        return sure.isEmpty()
                ? able.stream()
                        .filter(candidate -> candidate.checkpointReader().isEmpty())
                        .toList()
                : sure;
    }

    /** Returns whether the model is a name, which takes precedence over a file. */
    private boolean knows(Implementation implementation, String model) {
        try {
            models.catalog().require(implementation, model);
            return true;
        } catch (UnknownNameException e) {
            return false;
        }
    }
}
