package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.HuggingFaceWriter;
import io.github.whisperspeedtest.checkpoint.OpenAiCheckpoint;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.tokenizer.TokenizerWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * OpenAI's format: PyTorch's file of the weights, with the vocabulary and decoding settings beside it in Hugging Face's
 * files, because OpenAI's program has those built in.
 */
final class OpenAiFormat implements CheckpointReader, CheckpointWriter {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String GENERATION_CONFIG = "generation_config.json";

    private static final List<String> QUANTIZATIONS = List.of("f16", "f32");

    @Override
    public boolean recognises(ModelFiles files) {
        return files.byName().keySet().stream().anyMatch(name -> name.endsWith(OpenAiCheckpoint.ENDING));
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
