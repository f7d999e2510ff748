package io.github.whisperspeedtest.checkpoint;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.checkpoint.torch.TorchDictionary;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Reads a Whisper model in OpenAI's format: a PyTorch file with dimensions and weights.
 *
 * <p>Files: one {@code *.pt}, and the vocabulary beside it, which is built into OpenAI's program:
 * {@code tokenizer.json}, or {@code vocab.json} and {@code merges.txt}, as the repository {@code openai/whisper-*} of
 * the same size has them, or one of tiktoken's; {@code generation_config.json}, which may be missing. Only the list of
 * tensors is read in advance.
 */
public final class OpenAiCheckpoint {
    /** Suffix of the weights file. */
    public static final String ENDING = ".pt";

    /** Constants that a state dictionary may contain in addition to the weights; OpenAI's program computes them. */
    private static final String MASK = "decoder.mask";

    private OpenAiCheckpoint() {}

    /**
     * Returns the model of the given files; other files are ignored.
     *
     * <p>If the alignment heads are not specified, OpenAI's heads for a model with the file's name are used.
     *
     * @param model name of the model, for messages
     * @param files absolute paths by the name that a file has in its source
     * @throws ModelException if a file is missing, cannot be read or is damaged, the files are not a Whisper model, or
     *     the weights file refers to code; code is never run
     * @throws OperationCancelledException if the thread is interrupted; the interrupt status remains set
     */
    public static Checkpoint read(String model, Map<String, Path> files) {
        try {
            return read(new RepositoryFiles(model, files));
        } catch (IOException e) {
            throw RepositoryFiles.unreadable(model, e);
        }
    }

    private static Checkpoint read(RepositoryFiles files) throws IOException {
        Path file = files.single(ENDING, "has no weights: it should have one file *" + ENDING);
        TorchDictionary content = TorchDictionary.read(file);
        ModelDimensions dimensions = dimensions(content.dictionary("dims"));
        DimensionLimits.check(file.toString(), dimensions);
        Map<String, Tensor> tensors = content.dictionary("model_state_dict").tensors();
        tensors.remove(MASK);
        Checkpoint checkpoint = new Checkpoint(
                dimensions, tensors, files.tokenizer(file, dimensions.nVocab()), generation(files, file, dimensions));
        TensorShapes.check(file.toString(), checkpoint);
        return checkpoint;
    }

    private static ModelDimensions dimensions(TorchDictionary dims) {
        return new ModelDimensions(
                positive(dims, "n_mels"),
                positive(dims, "n_audio_ctx"),
                positive(dims, "n_audio_state"),
                positive(dims, "n_audio_head"),
                positive(dims, "n_audio_layer"),
                positive(dims, "n_vocab"),
                positive(dims, "n_text_ctx"),
                positive(dims, "n_text_state"),
                positive(dims, "n_text_head"),
                positive(dims, "n_text_layer"));
    }

    private static int positive(TorchDictionary dims, String name) {
        return dims.integer(name, 1, Integer.MAX_VALUE);
    }

    private static GenerationConfig generation(RepositoryFiles files, Path file, ModelDimensions dimensions)
            throws IOException {
        GenerationConfig stated = files.generation(dimensions).orElse(GenerationConfig.NONE);
        if (!stated.alignmentHeads().isEmpty()) {
            return stated;
        }
        String fileName = file.getFileName().toString();
        List<AttentionHead> heads =
                OpenAiAlignmentHeads.of(fileName.substring(0, fileName.length() - ENDING.length()), dimensions);
        return new GenerationConfig(stated.suppressTokens(), stated.beginSuppressTokens(), heads);
    }
}
