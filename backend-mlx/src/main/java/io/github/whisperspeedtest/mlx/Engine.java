package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.util.Optional;

/** An engine that runs models in MLX format. */
interface Engine {
    /** Returns whether it can be used on this machine. */
    Availability availability();

    /** Returns why it may end the process, as {@link io.github.whisperspeedtest.spi.Implementation#crashRisk} does. */
    default Optional<String> crashRisk(LoadOptions options) {
        return Optional.empty();
    }

    /**
     * Loads a model.
     *
     * @param options declared ones, whose device this engine was chosen for
     */
    Transcriber load(ModelFiles files, LoadOptions options);
}
