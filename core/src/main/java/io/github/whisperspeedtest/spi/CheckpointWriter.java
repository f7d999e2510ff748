package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes a model in an implementation's own format. */
public interface CheckpointWriter {
    /** Returns the supported quantizations, such as {@code f16}, the default first. */
    List<String> quantizations();

    /**
     * Returns the file names of a model in its own directory. The default is one file with the model's name.
     *
     * @param model name of the model, such as {@code random-tiny}; may be part of a file name
     */
    default List<String> fileNames(String model) {
        return List.of(model);
    }

    /**
     * Writes the model's files into an existing empty directory.
     *
     * <p>The caller publishes the result with one atomic move, so this method need not be atomic.
     *
     * @param checkpoint the model to write
     * @param quantization one of {@link #quantizations()}
     * @param directory the target directory
     * @param fileNames the names from {@link #fileNames}, or from {@link ModelInfo#localPaths()} if the implementation
     *     stores the model elsewhere; empty if the format fixes the names
     * @throws IOException if the disk fails
     * @throws io.github.whisperspeedtest.error.ModelException if the format does not support this checkpoint
     */
    void write(Checkpoint checkpoint, String quantization, Path directory, List<String> fileNames) throws IOException;
}
