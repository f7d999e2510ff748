package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.spi.ModelSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A model that this tool makes itself.
 *
 * @param description what to call it at the start of a sentence
 * @param quantization what a writer is asked for
 * @param maker makes it
 */
record GeneratedModel(String description, String quantization, Supplier<Checkpoint> maker) {
    /** Returns the model that a source stands for, empty where its files come from elsewhere. */
    static Optional<GeneratedModel> of(ModelSource source) {
        if (source instanceof ModelSource.Embedded embedded) {
            return Optional.of(
                    new GeneratedModel("The embedded model", embedded.quantization(), EmbeddedModel::checkpoint));
        }
        if (source instanceof ModelSource.RandomWeights random) {
            return Optional.of(new GeneratedModel(
                    "Model '" + RandomModel.PREFIX + random.size() + "'",
                    random.quantization(),
                    () -> RandomModel.checkpoint(random.size())));
        }
        return Optional.empty();
    }

    Checkpoint checkpoint() {
        return maker.get();
    }
}
