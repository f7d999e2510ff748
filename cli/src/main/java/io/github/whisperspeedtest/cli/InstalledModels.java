package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.util.List;

/** Which models are on this machine, as far as their files tell. */
final class InstalledModels {
    private InstalledModels() {}

    /** Returns the names of the models that an implementation has here. */
    static List<String> namesOf(ModelStore models, Implementation implementation) {
        return models.catalog().allModels(implementation).stream()
                .filter(model -> contains(models, implementation, model))
                .map(ModelInfo::name)
                .toList();
    }

    /** Returns whether an implementation has a model here. The demo model is built in. */
    static boolean contains(ModelStore models, Implementation implementation, ModelInfo model) {
        return model.name().equals(EmbeddedModel.NAME)
                || models.resolve(implementation, model).isPresent();
    }
}
