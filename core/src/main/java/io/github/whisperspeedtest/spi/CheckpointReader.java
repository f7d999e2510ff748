package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.checkpoint.Checkpoint;

/** Reads a model in an implementation's own format, to convert it into another one. */
public interface CheckpointReader {
    /**
     * Returns whether the file names, and {@code config.json} where several formats share the names, match this
     * format. Opens the weights at most to compare the first bytes, and ignores unreadable files.
     */
    boolean recognises(ModelFiles files);

    /**
     * Reads a model. The weights may be read lazily, so the files must not change.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if a file is missing, cannot be read or is damaged, or the files are
     *     not a Whisper model
     */
    Checkpoint read(ModelFiles files);
}
