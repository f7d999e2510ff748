package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlCheckpoint;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads GGML models for conversion. */
final class GgmlReader implements CheckpointReader {
    /** A single file may have any name, so its first bytes decide where the name does not. */
    @Override
    public boolean recognises(ModelFiles files) {
        if (files.byName().size() != 1) {
            return files.byName().keySet().stream().anyMatch(GgmlFiles::isConventional);
        }
        Map.Entry<String, Path> only = files.byName().entrySet().iterator().next();
        return GgmlFiles.isPossible(only.getKey()) || GgmlModelFile.hasMagic(only.getValue());
    }

    /**
     * Reads the only file, or the one with a name that whisper.cpp's converters give.
     *
     * @throws ModelException if there are several or none, or the file is not a valid model
     */
    @Override
    public Checkpoint read(ModelFiles files) {
        if (files.byName().size() == 1) {
            return GgmlCheckpoint.read(files.single());
        }
        List<String> names = files.byName().keySet().stream()
                .filter(GgmlFiles::isConventional)
                .toList();
        if (names.size() != 1) {
            throw new ModelException("Model '" + files.model() + "' should have one GGML file, but has " + names
                    + ". Give the path of the file.");
        }
        return GgmlCheckpoint.read(files.require(names.get(0)));
    }
}
