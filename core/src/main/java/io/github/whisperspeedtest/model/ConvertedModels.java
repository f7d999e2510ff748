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

/** Models that the user converted into an implementation's format, each in a directory of its own; see {@link ModelCatalog}. */
public final class ConvertedModels {
    private final ToolHome home;
    private final ModelCatalog catalog;

    /** Creates the place for them in the given directories. */
    public ConvertedModels(ToolHome home) {
        this.home = home;
        this.catalog = new ModelCatalog(home.models());
    }

    /** Looks at the files of a model before they become it; an exception keeps them from it. */
    public interface Check {
        /** Looks at files in a directory that will take another name. */
        void accept(ModelFiles files);
    }

    /** Returns the directory of a model. */
    public Path directory(Implementation implementation, String name) {
        return catalog.convertedDirectory(implementation, name);
    }

    /** Returns whether there is something in the place of a model. */
    public boolean exists(Implementation implementation, String name) {
        return Files.exists(directory(implementation, name), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Writes a model, in place of one of that name if there is one.
     *
     * @param implementation whose format it is; has a writer
     * @param name what the model will be called
     * @param quantization one that the writer has
     * @param check is asked once all files are written and nobody sees them yet
     * @throws io.github.whisperspeedtest.error.ModelException if the format cannot hold such a checkpoint
     * @throws EngineUnavailableException if the disk fails
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted; it still is after
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
                    "Model '" + name + "' cannot be written to " + target + ": " + DiskErrors.reason(e) + ". Set "
                            + home.variableOfModels() + " to a directory with space that you may write to.",
                    e);
        }
    }

    private static ModelFiles files(String model, Path directory, List<String> names) {
        Map<String, Path> byName = new LinkedHashMap<>();
        names.forEach(name -> byName.put(name, directory.resolve(name)));
        return new ModelFiles(model, byName);
    }
}
