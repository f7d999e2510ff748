package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.error.NearestName;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.spi.Implementation;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The models that clients may name and that are on this machine. Thread-safe. */
final class ServedModels {
    /** How long a look at the disk counts, because every request asks. */
    private static final long MAX_AGE_NANOS = 5_000_000_000L;

    /** A longer name in a message is cut. */
    private static final int LONGEST_NAME = 100;

    private static final Logger LOG = LoggerFactory.getLogger(ServedModels.class);

    private final WhisperSpeedtest library;
    private final ServedModel defaultModel;
    private final List<String> allowed;
    private @Nullable List<ServedModel> known;
    private long knownSince;

    ServedModels(WhisperSpeedtest library, ServedModel defaultModel, List<String> allowed) {
        this.library = library;
        this.defaultModel = defaultModel;
        this.allowed = allowed;
    }

    /** Returns the models, the default model first. */
    synchronized List<ServedModel> all() {
        List<ServedModel> models = known;
        if (models == null || System.nanoTime() - knownSince > MAX_AGE_NANOS) {
            models = find();
            known = models;
            knownSince = System.nanoTime();
        }
        return models;
    }

    /** Returns the model of a name as in {@link TranscriptionService#require}. */
    ServedModel require(String name) {
        if (name.equalsIgnoreCase(TranscriptionService.DEFAULT_MODEL)) {
            return defaultModel;
        }
        List<ServedModel> models = all();
        return find(models, name, ServedModel::id)
                .or(() -> find(models, name, ServedModel::model))
                .orElseThrow(() -> unknown(name, models));
    }

    private static Optional<ServedModel> find(
            List<ServedModel> models, String name, Function<ServedModel, String> nameOf) {
        return models.stream()
                .filter(model -> nameOf.apply(model).equalsIgnoreCase(name))
                .findFirst();
    }

    private static UnknownNameException unknown(String name, List<ServedModel> models) {
        List<String> ids = models.stream().map(ServedModel::id).toList();
        String shown = name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
        return new UnknownNameException("The model '" + shown + "' is not served." + NearestName.question(shown, ids)
                + " Models: " + String.join(", ", ids) + ".");
    }

    private List<ServedModel> find() {
        Set<ServedModel> models = new LinkedHashSet<>();
        models.add(defaultModel);
        for (String pattern : allowed) {
            Pattern wanted = pattern(pattern);
            for (Implementation implementation : library.implementations()) {
                if (pattern.startsWith(implementation.id() + "/" + RandomModel.PREFIX) && pattern.indexOf('*') < 0) {
                    addRandom(
                            implementation,
                            pattern.substring(implementation.id().length() + 1),
                            models);
                } else {
                    library.models().installed(implementation).stream()
                            .map(model -> new ServedModel(implementation.id(), model.name()))
                            .filter(model -> wanted.matcher(model.id()).matches())
                            .forEach(models::add);
                }
            }
        }
        return List.copyOf(models);
    }

    private static Pattern pattern(String wildcards) {
        return Pattern.compile(
                Arrays.stream(wildcards.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[^/]*")),
                Pattern.CASE_INSENSITIVE);
    }

    /** Adds a model that is written when it is first loaded. */
    private void addRandom(Implementation implementation, String name, Set<ServedModel> models) {
        try {
            models.add(new ServedModel(
                    implementation.id(),
                    library.models().catalog().require(implementation, name).name()));
        } catch (UnknownNameException e) {
            LOG.warn("{}", e.getMessage());
        }
    }
}
