package io.github.whisperspeedtest.checkpoint;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.files.Placeholder;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import io.github.whisperspeedtest.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of a repository such as {@code openai/whisper-*}, and the content of those other than the weights.
 *
 * @param model name of the model, for messages
 * @param byName absolute paths by the name that a file has in the repository
 */
public record RepositoryFiles(String model, Map<String, Path> byName) {
    /** The file with the decoding settings of the model. */
    public static final String GENERATION_CONFIG = "generation_config.json";

    /**
     * Returns the exception for an unreadable file of a model.
     *
     * @param model name of the model
     * @param cause the I/O failure
     * @throws OperationCancelledException if the cause is an interrupt; the interrupt status remains set
     */
    public static ModelException unreadable(String model, IOException cause) {
        OperationCancelledException.throwIfInterrupted("Reading model '" + model + "'", cause);
        return new ModelException(
                "Model '" + model + "' cannot be read: " + cause + ". Check the disk and the file permissions.", cause);
    }

    /** Returns the names of all files. */
    public Set<String> names() {
        return byName.keySet();
    }

    /** Returns whether there is a file of the given name. */
    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /**
     * Returns the file of the given name.
     *
     * @throws ModelException if there is none
     */
    public Path require(String name) {
        @Nullable Path file = byName.get(name);
        if (file == null) {
            throw new ModelException("Model '" + model + "' is incomplete: it should have a file " + name
                    + ", but has only " + names() + ". Download the model again.");
        }
        if (!Files.isRegularFile(file)) {
            throw new ModelException(
                    "Model '" + model + "' is missing: there is no file " + file + ". Download the model again.");
        }
        Placeholder.describe(file).ifPresent(found -> {
            throw new ModelException(
                    "Model '" + model + "' cannot be loaded: " + file + " " + found + ". Download the file itself.");
        });
        return file;
    }

    /**
     * Returns the one file whose name has the given ending.
     *
     * @param missing what a model without it lacks, such as "has no tokenizer: it should have …"
     * @throws ModelException if there are several or none
     */
    public Path single(String ending, String missing) {
        List<String> names =
                names().stream().filter(name -> name.endsWith(ending)).toList();
        if (names.size() != 1) {
            throw new ModelException("Model '" + model + "' " + missing + ", but has " + names()
                    + ". Put it beside them, or download the model again.");
        }
        return require(names.get(0));
    }

    /**
     * Returns the vocabulary from whichever file contains it.
     *
     * @param statedIn the file that states the number of tokens, for messages
     * @param nVocab that number, special tokens included
     * @throws ModelException if it is missing or damaged, or has more tokens
     * @throws IOException if it cannot be read
     */
    public TokenizerData tokenizer(Path statedIn, int nVocab) throws IOException {
        TokenizerData tokenizer = tokenizer();
        if (tokenizer.tokens().size() > nVocab) {
            throw new ModelException("Model '" + model + "' is damaged: its vocabulary has "
                    + tokenizer.tokens().size() + " text tokens, but " + statedIn + " states "
                    + nVocab + " tokens in all. Download the model again.");
        }
        return tokenizer;
    }

    private TokenizerData tokenizer() throws IOException {
        if (has("tokenizer.json")) {
            Path file = require("tokenizer.json");
            try (InputStream stream = Files.newInputStream(file)) {
                return TokenizerFiles.readTokenizerJson(file.toString(), stream);
            }
        }
        if (!has("vocab.json") || !has("merges.txt")) {
            // One of tiktoken's may have any name.
            Path ranks = single(
                    ".tiktoken",
                    "has no tokenizer: it should have tokenizer.json, or vocab.json"
                            + " and merges.txt, or one file *.tiktoken");
            try (InputStream stream = Files.newInputStream(ranks)) {
                return TokenizerFiles.readTiktoken(ranks.toString(), stream);
            }
        }
        Path vocabulary = require("vocab.json");
        try (InputStream vocabularyStream = Files.newInputStream(vocabulary);
                InputStream merges = Files.newInputStream(require("merges.txt"))) {
            return TokenizerFiles.read(vocabulary.toString(), vocabularyStream, merges);
        }
    }

    /**
     * Returns the content of {@link #GENERATION_CONFIG}, empty if the file is missing.
     *
     * @throws ModelException if it is damaged
     * @throws IOException if it cannot be read
     */
    public Optional<GenerationConfig> generation(ModelDimensions dimensions) throws IOException {
        return has(GENERATION_CONFIG)
                ? Optional.of(generation(ConfigFile.read(require(GENERATION_CONFIG)), dimensions))
                : Optional.empty();
    }

    /**
     * Returns the decoding settings in a file.
     *
     * @throws ModelException if it is damaged
     */
    static GenerationConfig generation(ConfigFile file, ModelDimensions dimensions) {
        return new GenerationConfig(
                file.tokens("suppress_tokens", dimensions.nVocab()),
                file.tokens("begin_suppress_tokens", dimensions.nVocab()),
                file.heads("alignment_heads", dimensions));
    }
}
