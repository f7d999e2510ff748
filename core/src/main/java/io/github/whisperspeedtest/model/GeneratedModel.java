package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.spi.ModelSource.Converted;
import io.github.whisperspeedtest.spi.ModelSource.DirectDownload;
import io.github.whisperspeedtest.spi.ModelSource.Embedded;
import io.github.whisperspeedtest.spi.ModelSource.HubArchive;
import io.github.whisperspeedtest.spi.ModelSource.HubRepository;
import io.github.whisperspeedtest.spi.ModelSource.RandomWeights;
import io.github.whisperspeedtest.spi.ModelSource.UserFiles;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A model that this tool generates.
 *
 * @param description its name within a sentence
 * @param quantization quantization of the written model
 * @param maker generates the model
 */
record GeneratedModel(String description, String quantization, Supplier<Checkpoint> maker) {
    /** Returns the generated model of a source, or empty if its files are not generated. */
    static Optional<GeneratedModel> of(ModelSource source) {
        return source.accept(new ModelSource.Visitor<>() {
            @Override
            public Optional<GeneratedModel> hubRepository(HubRepository repository) {
                return Optional.empty();
            }

            @Override
            public Optional<GeneratedModel> hubArchive(HubArchive archive) {
                return Optional.empty();
            }

            @Override
            public Optional<GeneratedModel> directDownload(DirectDownload direct) {
                return Optional.empty();
            }

            @Override
            public Optional<GeneratedModel> embedded(Embedded embedded) {
                return Optional.of(new GeneratedModel(
                        "model '" + EmbeddedModel.NAME + "'", embedded.quantization(), EmbeddedModel::checkpoint));
            }

            @Override
            public Optional<GeneratedModel> randomWeights(RandomWeights random) {
                return Optional.of(new GeneratedModel(
                        "model '" + RandomModel.PREFIX + random.size() + "'",
                        random.quantization(),
                        () -> RandomModel.checkpoint(random.size())));
            }

            @Override
            public Optional<GeneratedModel> userFiles(UserFiles files) {
                return Optional.empty();
            }

            @Override
            public Optional<GeneratedModel> converted(Converted converted) {
                return Optional.empty();
            }
        });
    }

    Checkpoint checkpoint() {
        return maker.get();
    }
}
