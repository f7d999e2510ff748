package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.checkpoint.Checkpoint;

/** Reads a model in an implementation's own format, to convert it into another one. */
public interface CheckpointReader {
    /**
     * Returns whether files are in this format, as far as their names tell, and {@code config.json} where formats share the names; no
     * weights are opened, and a file that cannot be read is no error yet.
     */
    boolean recognises(ModelFiles files);

    /**
     * Reads a model; its weights may be read later, so the files must stay as they are.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if a file is missing, cannot be read or is damaged, or the files are
     *     not a Whisper model
     */
    Checkpoint read(ModelFiles files);
}
