package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.HuggingFaceWriter;
import io.github.whisperspeedtest.checkpoint.OpenAiCheckpoint;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.error.UnsupportedModelException;
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
import java.util.regex.Pattern;

/**
 * OpenAI's format: PyTorch's file of the weights, with the vocabulary and decoding settings beside it in Hugging Face's
 * files, because OpenAI's program has those built in.
 */
final class OpenAiFormat implements CheckpointReader, CheckpointWriter {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String GENERATION_CONFIG = "generation_config.json";

    /** Names of the models with a token for Cantonese; {@code large} is large-v3 since OpenAI's release of November 2023. */
    private static final Pattern CANTONESE = Pattern.compile("large-v3|turbo|(^|/)large\\.pt$");

    /** Files that the trainer of transformers saves, which are not models. */
    private static final List<String> TRAINER_FILES = List.of("optimizer.pt", "scheduler.pt", "scaler.pt");

    private static final List<String> QUANTIZATIONS = List.of("f16", "f32");

    @Override
    public boolean recognises(ModelFiles files) {
        return files.byName().keySet().stream().anyMatch(name -> name.endsWith(OpenAiCheckpoint.ENDING));
    }

    /**
     * Returns the checkpoint of a repository or directory, or empty if it has none. The file name states which
     * vocabulary it needs, as in OpenAI's program.
     *
     * @throws UnsupportedModelException if there are several checkpoints and the user chose none
     */
    static Optional<FileSelection> select(ModelListing listing) {
        List<String> candidates = listing.file() == null ? List.copyOf(listing.files()) : List.of(listing.file());
        List<String> weights = candidates.stream()
                .filter(name -> name.endsWith(OpenAiCheckpoint.ENDING) && !TRAINER_FILES.contains(name))
                .toList();
        if (weights.size() > 1) {
            throw new UnsupportedModelException(listing.name() + " has " + weights.size()
                    + " checkpoints of OpenAI's format. Choose one: " + listing.choices(weights) + ".");
        }
        if (weights.isEmpty()) {
            return Optional.empty();
        }
        List<String> files = new ArrayList<>(weights);
        files.addAll(listing.existing(List.of(GENERATION_CONFIG)));
        return Optional.of(HuggingFaceModels.withTokenizer(listing, files, vocabularySize(weights.get(0))));
    }

    private static int vocabularySize(String weights) {
        if (weights.endsWith(".en" + OpenAiCheckpoint.ENDING)) {
            return HuggingFaceModels.ENGLISH_VOCABULARY;
        }
        return CANTONESE.matcher(weights).find()
                ? HuggingFaceModels.CANTONESE_VOCABULARY
                : HuggingFaceModels.MULTILINGUAL_VOCABULARY;
    }

    @Override
    public Checkpoint read(ModelFiles files) {
        return OpenAiCheckpoint.read(files.model(), withNeighbours(files).byName());
    }

    /** Returns the files; if only the weights are given, adds the other files from the same directory. */
    private static ModelFiles withNeighbours(ModelFiles files) {
        if (files.byName().size() != 1) {
            return files;
        }
        Path directory = files.single().toAbsolutePath().getParent();
        Map<String, Path> all = new LinkedHashMap<>(files.byName());
        ModelFiles.ofDirectory(files.model(), directory).byName().forEach((name, file) -> {
            if (!name.endsWith(OpenAiCheckpoint.ENDING)) {
                all.put(name, file);
            }
        });
        return new ModelFiles(files.model(), all);
    }

    @Override
    public List<String> quantizations() {
        return QUANTIZATIONS;
    }

    @Override
    public List<String> fileNames(String model) {
        return List.of(model + OpenAiCheckpoint.ENDING, GENERATION_CONFIG, TOKENIZER);
    }

    /**
     * Writes the model's three files.
     *
     * @param checkpoint what to write
     * @param quantization one of {@link #quantizations()}
     * @param directory where to write
     * @param fileNames exactly one name of a file of weights, which does not exist; beside it none but those of
     *     {@link #fileNames}
     * @throws IOException if the disk fails
     * @throws io.github.whisperspeedtest.error.ModelException if the checkpoint lacks tensors that its dimensions
     *     require
     */
    @Override
    public void write(Checkpoint checkpoint, String quantization, Path directory, List<String> fileNames)
            throws IOException {
        if (!QUANTIZATIONS.contains(quantization)) {
            throw new IllegalArgumentException(
                    "Unknown quantization '" + quantization + "', use one of " + QUANTIZATIONS);
        }
        List<String> weights = new ArrayList<>(fileNames);
        weights.removeAll(List.of(GENERATION_CONFIG, TOKENIZER));
        if (weights.size() != 1 || !weights.get(0).endsWith(OpenAiCheckpoint.ENDING)) {
            throw new IllegalArgumentException(
                    "An OpenAI model has one file *" + OpenAiCheckpoint.ENDING + ", but the names are " + fileNames);
        }
        DataType type = quantization.equals("f16") ? DataType.F16 : DataType.F32;
        OpenAiWriter.write(checkpoint, type, directory.resolve(weights.get(0)));
        HuggingFaceWriter.writeGenerationConfig(checkpoint, directory);
        TokenizerWriter.writeTokenizerJson(
                checkpoint.tokenizer(), checkpoint.dimensions().nVocab(), directory.resolve(TOKENIZER));
    }
}
