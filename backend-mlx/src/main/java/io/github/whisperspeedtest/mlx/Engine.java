package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.Transcriber;

/** An engine that runs models in MLX format. */
interface Engine {
    /** Returns whether it can be used on this machine. */
    Availability availability();

    /**
     * Loads a model.
     *
     * @param options their device belongs to this engine, and their thread count is valid
     */
    Transcriber load(ModelFiles files, LoadOptions options);
}
