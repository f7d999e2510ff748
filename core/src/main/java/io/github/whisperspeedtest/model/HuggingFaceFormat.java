package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ConfigFile;
import io.github.whisperspeedtest.checkpoint.HuggingFaceCheckpoint;
import io.github.whisperspeedtest.checkpoint.HuggingFaceWriter;
import io.github.whisperspeedtest.checkpoint.PreprocessorConfig;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The huggingface/transformers format, for implementations that load it directly. */
public final class HuggingFaceFormat implements CheckpointReader, CheckpointWriter {
    /** Files that the writer writes: those of a checkpoint, and the audio settings that transformers needs. */
    private static final List<String> FILES = Stream.concat(
                    HuggingFaceCheckpoint.FILES.stream(), Stream.of(PreprocessorConfig.FILE_NAME))
            .toList();

    private static final String CONFIG = "config.json";

    /** OpenAI's name of a dimension that transformers names differently. */
    private static final String FOREIGN_DIMENSION = "n_mels";

    /** Creates the reader and writer. */
    public HuggingFaceFormat() {}

    @Override
    public boolean recognises(ModelFiles files) {
        @Nullable Path config = files.byName().get(CONFIG);
        return config != null
                && files.byName().keySet().stream().anyMatch(name -> name.contains(".safetensors"))
                && !ConfigFile.states(config, FOREIGN_DIMENSION);
    }

    @Override
    public Checkpoint read(ModelFiles files) {
        return HuggingFaceCheckpoint.read(files.model(), files.byName());
    }

    @Override
    public List<String> quantizations() {
        return HuggingFaceWriter.quantizations();
    }

    @Override
    public List<String> fileNames(String model) {
        return FILES;
    }

    @Override
    public void write(Checkpoint checkpoint, String quantization, Path directory, List<String> fileNames)
            throws IOException {
        HuggingFaceWriter.write(checkpoint, quantization, directory);
    }
}
