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
     * Writes the model's files into a directory that exists and is empty.
     *
     * <p>The caller makes the result visible in one move, so this need not be atomic.
     *
     * @param checkpoint what to write
     * @param quantization one of {@link #quantizations()}
     * @param directory where to write
     * @param fileNames names of the files that the model's {@link ModelInfo#localPaths()} end in, empty where the format
     *     itself fixes the names
     * @throws IOException if the disk fails
     * @throws io.github.whisperspeedtest.error.ModelException if the format cannot hold such a checkpoint
     */
    void write(Checkpoint checkpoint, String quantization, Path directory, List<String> fileNames) throws IOException;
}
