package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ConfigFile;
import io.github.whisperspeedtest.checkpoint.HuggingFaceCheckpoint;
import io.github.whisperspeedtest.checkpoint.HuggingFaceWriter;
import io.github.whisperspeedtest.checkpoint.PreprocessorConfig;
import io.github.whisperspeedtest.checkpoint.RepositoryFiles;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.FileSelection;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelListing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The huggingface/transformers format, for implementations that load it directly. */
public final class HuggingFaceFormat implements CheckpointReader, CheckpointWriter {
    /** Files that the writer writes: those of a checkpoint, and the audio settings that transformers needs. */
    private static final List<String> FILES = Stream.concat(
                    HuggingFaceCheckpoint.FILES.stream(), Stream.of(PreprocessorConfig.FILE_NAME))
            .toList();

    private static final String CONFIG = ModelListing.CONFIG;
    private static final String WEIGHTS = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final String SHARDS = "model-*.safetensors";

    /** Files that some repositories have: the decoding settings and, for Python's transformers, the others. */
    private static final List<String> OPTIONAL = Stream.concat(
                    Stream.of(RepositoryFiles.GENERATION_CONFIG, "added_tokens.json"),
                    HuggingFaceModels.FOR_TRANSFORMERS.stream())
            .toList();

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

    /**
     * Returns the files of a repository or directory in this format, or empty if it is in another format.
     *
     * @throws io.github.whisperspeedtest.error.UnsupportedModelException if it has no tokenizer and OpenAI's do not fit
     */
    public static Optional<FileSelection> select(ModelListing listing) {
        ConfigFile config = listing.config();
        if (config == null || !config.is("model_type", "whisper") || config.has(FOREIGN_DIMENSION)) {
            return Optional.empty();
        }
        List<String> weights = weights(listing);
        return weights.isEmpty()
                ? Optional.empty()
                : Optional.of(HuggingFaceModels.withTokenizer(
                        listing,
                        Stream.of(List.of(CONFIG), weights, listing.existing(OPTIONAL))
                                .flatMap(List::stream)
                                .toList(),
                        config.integer("vocab_size", 1, Integer.MAX_VALUE)));
    }

    private static List<String> weights(ModelListing listing) {
        if (listing.has(WEIGHTS)) {
            return List.of(WEIGHTS);
        }
        return listing.has(INDEX)
                ? Stream.concat(Stream.of(INDEX), listing.matching(SHARDS).stream())
                        .toList()
                : List.of();
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
