package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.ModelFiles;

/** Reads CTranslate2 models for conversion. */
final class CTranslate2Reader implements CheckpointReader {
    @Override
    public boolean recognises(ModelFiles files) {
        return files.byName().containsKey(CTranslate2Checkpoint.MODEL);
    }

    @Override
    public Checkpoint read(ModelFiles files) {
        return CTranslate2Checkpoint.read(files).checkpoint();
    }
}
