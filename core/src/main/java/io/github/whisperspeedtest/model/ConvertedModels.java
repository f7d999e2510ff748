package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models that the user converted into an implementation's format, each in its own directory; see {@link ModelCatalog}.
 */
public final class ConvertedModels {
    private final ToolHome home;
    private final ModelCatalog catalog;

    /** Stores converted models in the given directories. */
    public ConvertedModels(ToolHome home) {
        this.home = home;
        this.catalog = new ModelCatalog(home.models());
    }

    /** Checks the files of a model before they are published. An exception discards them. */
    public interface Check {
        /** Checks the files in their temporary directory. */
        void accept(ModelFiles files);
    }

    /** Returns the directory of a model. */
    public Path directory(Implementation implementation, String name) {
        return catalog.convertedDirectory(implementation, name);
    }

    /** Returns whether the directory of a model exists. */
    public boolean exists(Implementation implementation, String name) {
        return Files.exists(directory(implementation, name), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Writes a model and replaces any existing one of that name.
     *
     * @param implementation the implementation whose checkpoint writer is used
     * @param name name of the new model
     * @param quantization one of the quantizations of the writer
     * @param check called when all files are written but not yet published
     * @throws io.github.whisperspeedtest.error.ModelException if the format does not support this checkpoint
     * @throws EngineUnavailableException if the disk fails
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted; the interrupt
     *     flag stays set
     */
    public void write(
            Implementation implementation, String name, Checkpoint checkpoint, String quantization, Check check) {
        CheckpointWriter writer = implementation.checkpointWriter().orElseThrow();
        List<String> names = writer.fileNames(name);
        Path target = directory(implementation, name);
        try {
            new CheckpointFiles(implementation, target, names)
                    .write(checkpoint, quantization, true, written -> check.accept(files(name, written, names)));
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    "Cannot write model '" + name + "' to " + target + ": " + DiskErrors.reason(e) + ". Set "
                            + home.variableOfModels() + " to a writable directory with enough space.",
                    e);
        }
    }

    private static ModelFiles files(String model, Path directory, List<String> names) {
        Map<String, Path> byName = new LinkedHashMap<>();
        names.forEach(name -> byName.put(name, directory.resolve(name)));
        return new ModelFiles(model, byName);
    }
}
