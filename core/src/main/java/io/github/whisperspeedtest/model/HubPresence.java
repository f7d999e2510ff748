package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.nio.file.Path;
import java.util.List;

/** Looks for a model, or the files it borrows, in a Hugging Face cache, across all its repositories. */
final class HubPresence {
    private HubPresence() {}

    static ModelPresence look(ModelInfo model, ModelPlace place, Path cache) {
        HubCache reader = new HubCache(cache);
        List<ModelPresence> repositories = model.repositories().stream()
                .map(source -> RepositoryPresence.look(reader, source).of(model, place))
                .toList();
        ModelPresence whole = repositories.get(0);
        for (ModelPresence borrowed : repositories.subList(1, repositories.size())) {
            whole = whole.withBorrowed(borrowed);
        }
        return whole;
    }
}
