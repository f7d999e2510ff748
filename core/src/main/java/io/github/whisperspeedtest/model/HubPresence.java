package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.model.ModelPresence.State;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Looks for a model in a Hugging Face cache: in all the repositories that its files come from. */
final class HubPresence {
    private HubPresence() {}

    static ModelPresence look(ModelInfo model, ModelPlace place, Path cache) {
        HubCache reader = new HubCache(cache);
        List<RepositoryPresence> repositories = model.sources().stream()
                .map(ModelSource.HubRepository.class::cast)
                .map(source -> RepositoryPresence.look(reader, source))
                .toList();
        List<ModelFile> files = new ArrayList<>();
        List<Path> partialFiles = new ArrayList<>();
        for (RepositoryPresence repository : repositories) {
            files.addAll(repository.files());
            partialFiles.addAll(repository.partialFiles());
        }
        return new ModelPresence(
                place,
                stateOf(repositories),
                repositories.stream()
                        .map(RepositoryPresence::reason)
                        .filter(reason -> !reason.isEmpty())
                        .collect(Collectors.joining(" ")),
                model,
                repositories.stream().map(RepositoryPresence::directory).toList(),
                files,
                partialFiles);
    }

    /**
     * Returns what the repositories come to.
     *
     * <p>The first one holds the model itself. The others lend it, say, a tokenizer, and may be there for another model's sake:
     * that alone is nothing of this one.
     */
    private static State stateOf(List<RepositoryPresence> repositories) {
        if (repositories.get(0).state() == State.MISSING) {
            return State.MISSING;
        }
        return repositories.stream().allMatch(repository -> repository.state() == State.PRESENT)
                ? State.PRESENT
                : State.INCOMPLETE;
    }
}
