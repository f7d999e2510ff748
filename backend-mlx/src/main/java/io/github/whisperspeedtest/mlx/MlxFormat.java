package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ConfigFile;
import io.github.whisperspeedtest.checkpoint.HuggingFaceWriter;
import io.github.whisperspeedtest.checkpoint.RepositoryFiles;
import io.github.whisperspeedtest.model.HuggingFaceModels;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.FileSelection;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelListing;
import io.github.whisperspeedtest.tokenizer.TokenizerWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * MLX's format: {@code config.json} and the weights, with the vocabulary and decoding settings beside them in Hugging
 * Face's files, because MLX's program has those built in.
 */
final class MlxFormat implements CheckpointReader, CheckpointWriter {
    private static final String TOKENIZER = "tokenizer.json";

    /** Four bits with smaller groups, for narrow models where the usual groups are too coarse. */
    static final String FINE_Q4 = "q4-g32";

    /** By the suffix that converters of mlx-community append to a model name. */
    private static final Map<String, Optional<Grouping>> GROUPINGS = new LinkedHashMap<>();

    static {
        GROUPINGS.put("q4", Optional.of(new Grouping(4, Grouping.DEFAULT_GROUP_SIZE)));
        GROUPINGS.put("q8", Optional.of(new Grouping(8, Grouping.DEFAULT_GROUP_SIZE)));
        GROUPINGS.put("f16", Optional.empty());
        GROUPINGS.put(FINE_Q4, Optional.of(new Grouping(4, 32)));
    }

    private static final List<String> FILE_NAMES =
            List.of(MlxCheckpoint.CONFIG, MlxCheckpoint.WEIGHTS.get(0), RepositoryFiles.GENERATION_CONFIG, TOKENIZER);

    /** Shared with Hugging Face, so the name alone does not identify the format. */
    private static final String SHARED_WEIGHTS = "model.safetensors";

    @Override
    public boolean recognises(ModelFiles files) {
        Set<String> names = files.byName().keySet();
        @Nullable Path config = files.byName().get(MlxCheckpoint.CONFIG);
        return config != null
                && MlxCheckpoint.WEIGHTS.stream()
                        .filter(names::contains)
                        .anyMatch(name -> !name.equals(SHARED_WEIGHTS) || ConfigFile.states(config, MlxConfig.MELS));
    }

    /**
     * Returns the files of a Whisper model in this format, with the tokenizer from OpenAI's repository if it has none, or
     * empty if it is in another format.
     *
     * @throws io.github.whisperspeedtest.error.UnsupportedModelException if it has no tokenizer and OpenAI's do not fit
     */
    static Optional<FileSelection> select(ModelListing listing) {
        @Nullable ConfigFile config = listing.config();
        List<String> weights = listing.existing(MlxCheckpoint.WEIGHTS);
        if (config == null || !config.has(MlxConfig.MELS) || weights.isEmpty()) {
            return Optional.empty();
        }
        List<String> files = new ArrayList<>(List.of(MlxCheckpoint.CONFIG, weights.get(0)));
        files.addAll(listing.existing(List.of(RepositoryFiles.GENERATION_CONFIG)));
        return Optional.of(HuggingFaceModels.withTokenizer(listing, files, MlxConfig.vocabularySize(config)));
    }

    @Override
    public Checkpoint read(ModelFiles files) {
        return MlxCheckpoint.read(files).checkpoint();
    }

    @Override
    public List<String> quantizations() {
        return List.copyOf(GROUPINGS.keySet());
    }

    @Override
    public List<String> fileNames(String model) {
        return FILE_NAMES;
    }

    /**
     * Writes the model's files.
     *
     * @param checkpoint what to write
     * @param quantization one of {@link #quantizations()}
     * @param directory where to write
     * @param fileNames empty, or the names that the format fixes
     * @throws IOException if the disk fails
     * @throws io.github.whisperspeedtest.error.ModelException if the checkpoint has not the tensors that its dimensions call for, or a
     *     weight to be quantised is not finite
     */
    @Override
    public void write(Checkpoint checkpoint, String quantization, Path directory, List<String> fileNames)
            throws IOException {
        @Nullable Optional<Grouping> grouping = GROUPINGS.get(quantization);
        if (grouping == null) {
            throw new IllegalArgumentException(
                    "Unknown quantization '" + quantization + "', use one of " + quantizations());
        }
        if (!FILE_NAMES.containsAll(fileNames)) {
            throw new IllegalArgumentException(
                    "An MLX model has the files " + FILE_NAMES + ", but the names are " + fileNames);
        }
        MlxWriter.write(checkpoint, grouping, directory.resolve(MlxCheckpoint.WEIGHTS.get(0)));
        MlxConfig.write(directory.resolve(MlxCheckpoint.CONFIG), checkpoint.dimensions(), grouping);
        HuggingFaceWriter.writeGenerationConfig(checkpoint, directory);
        TokenizerWriter.writeTokenizerJson(
                checkpoint.tokenizer(), checkpoint.dimensions().nVocab(), directory.resolve(TOKENIZER));
    }
}
