package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.List;

/** Copies a model in a process that a test kills. */
public final class CopyMain {
    private CopyMain() {}

    /** Takes the default cache, the custom one, and the repository. */
    public static void main(String[] args) {
        System.out.println("begun");
        new ModelCopier(Path.of(args[0]), false).copy(model(Path.of(args[1]), args[2]));
    }

    static ModelInfo model(Path cache, String repository) {
        return new ModelInfo(
                "big",
                List.of(new ModelSource.HubRepository(repository, "main", List.of("model.bin", "config.json"))),
                cache,
                List.of(),
                0,
                List.of());
    }
}
