package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes a model in an implementation's own format. */
public interface CheckpointWriter {
    /** Returns the quantisations it can write, such as {@code f16}; the first one is the default. */
    List<String> quantizations();

    /**
     * Returns the names of the files that a model consists of which has a directory of its own: one file of its name, unless the
     * format has it otherwise.
     *
     * @param model name of the model, such as {@code random-tiny}; may be part of a file's name
     */
    default List<String> fileNames(String model) {
        return List.of(model);
    }

    /**
     * Writes the model's files into a directory that exists and is empty.
     *
     * <p>The caller makes the result visible in one move, so this need not be atomic.
     *
     * @param checkpoint what to write
     * @param quantization one of {@link #quantizations()}
     * @param directory where to write
     * @param fileNames those of {@link #fileNames}, or of the {@link ModelInfo#localPaths()} of a model that the implementation
     *     keeps otherwise; empty where the format itself fixes the names
     * @throws IOException if the disk fails
     * @throws io.github.whisperspeedtest.error.ModelException if the format cannot hold such a checkpoint
     */
    void write(Checkpoint checkpoint, String quantization, Path directory, List<String> fileNames) throws IOException;
}
