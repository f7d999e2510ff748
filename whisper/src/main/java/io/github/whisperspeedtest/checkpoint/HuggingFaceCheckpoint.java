package io.github.whisperspeedtest.checkpoint;

import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsReader;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Whisper model in the format of huggingface/transformers, such as the repositories {@code openai/whisper-*}.
 *
 * <p>Files: {@code config.json}; {@code model.safetensors}, or {@code model.safetensors.index.json} and the files it
 * names; {@code generation_config.json}, which may be missing; {@code tokenizer.json}, or {@code vocab.json} and
 * {@code merges.txt}, or one of tiktoken's, as openai/whisper has them. Tensors may have transformers' names or
 * OpenAI's. Only the header of the weights is read in advance.
 */
public final class HuggingFaceCheckpoint {
    /** The files read from a repository with a single weights file. */
    public static final List<String> FILES =
            List.of("config.json", "generation_config.json", "tokenizer.json", "model.safetensors");

    /** The files read from a repository with sharded weights; {@code *} matches any part of a name. */
    public static final List<String> SHARDED_FILES = List.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "model.safetensors.index.json",
            "model-*.safetensors");

    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final String model;
    private final RepositoryFiles files;

    private HuggingFaceCheckpoint(RepositoryFiles files) {
        this.model = files.model();
        this.files = files;
    }

    /**
     * Returns the model of the given files; other files are ignored.
     *
     * @param model name of the model, for messages
     * @param files absolute paths by the name that a file has in the repository
     * @throws ModelException if a file is missing, cannot be read or is damaged, or the files are not a Whisper model
     * @throws OperationCancelledException if the thread is interrupted; the interrupt status remains set
     */
    public static Checkpoint read(String model, Map<String, Path> files) {
        try {
            return new HuggingFaceCheckpoint(new RepositoryFiles(model, files)).read();
        } catch (IOException e) {
            throw RepositoryFiles.unreadable(model, e);
        }
    }

    private Checkpoint read() throws IOException {
        Path configFile = files.require(CONFIG);
        ConfigFile config = ConfigFile.read(configFile);
        ModelDimensions dimensions = dimensions(config, configFile);
        Map<String, Tensor> tensors = renamed(tensors(), dimensions, config.flag("tie_word_embeddings", true));
        // Older models have in config.json the decoding settings that newer ones have in a separate file.
        GenerationConfig generation =
                files.generation(dimensions).orElseGet(() -> RepositoryFiles.generation(config, dimensions));
        Checkpoint checkpoint =
                new Checkpoint(dimensions, tensors, files.tokenizer(configFile, dimensions.nVocab()), generation);
        TensorShapes.check(
                files.has(WEIGHTS)
                        ? files.require(WEIGHTS).toString()
                        : files.require(INDEX).toString(),
                checkpoint);
        return checkpoint;
    }

    private static ModelDimensions dimensions(ConfigFile config, Path file) {
        String type = config.text("model_type", "whisper");
        String activation = config.text("activation_function", "gelu");
        if (!type.equals("whisper") || !activation.equals("gelu") || config.flag("scale_embedding", false)) {
            throw new ModelException(file
                    + " is not that of a Whisper model: it should have the model_type 'whisper', the"
                    + " activation_function 'gelu' and no scale_embedding, but has '" + type + "', '" + activation
                    + "' and " + config.flag("scale_embedding", false) + ". Use another model.");
        }
        ModelDimensions dimensions = new ModelDimensions(
                positive(config, "num_mel_bins"),
                positive(config, "max_source_positions"),
                positive(config, "d_model"),
                positive(config, "encoder_attention_heads"),
                positive(config, "encoder_layers"),
                positive(config, "vocab_size"),
                positive(config, "max_target_positions"),
                positive(config, "d_model"),
                positive(config, "decoder_attention_heads"),
                positive(config, "decoder_layers"));
        DimensionLimits.check(file.toString(), dimensions);
        return dimensions;
    }

    private static int positive(ConfigFile config, String name) {
        return config.integer(name, 1, Integer.MAX_VALUE);
    }

    private Map<String, Tensor> tensors() throws IOException {
        if (files.has(WEIGHTS) || !files.has(INDEX)) {
            return SafetensorsReader.read(files.require(WEIGHTS));
        }
        Path index = files.require(INDEX);
        Map<String, String> shardOfTensor = ConfigFile.read(index).texts("weight_map");
        Set<String> shards = new LinkedHashSet<>(shardOfTensor.values());
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String shard : shards) {
            Path file = shard(index, shard);
            SafetensorsReader.read(file).forEach((name, tensor) -> {
                if (!shard.equals(shardOfTensor.get(name))) {
                    throw new ModelException(index + " is damaged, or not that of " + file
                            + ": that file has a tensor '"
                            + name + "', which the index says is in " + shardOfTensor.getOrDefault(name, "no file")
                            + ". Download the model again.");
                }
                tensors.put(name, tensor);
            });
        }
        for (Map.Entry<String, String> entry : shardOfTensor.entrySet()) {
            if (!tensors.containsKey(entry.getKey())) {
                throw new ModelException(
                        index + " is damaged, or not that of " + files.byName().get(entry.getValue())
                                + ": that file should have a tensor '" + entry.getKey()
                                + "', but has none. Download the model again.");
            }
        }
        return tensors;
    }

    private Path shard(Path index, String name) {
        if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.equals("..") || name.equals(".")) {
            throw new ModelException(index + " is damaged: its tensors should be in files beside it, but it names '"
                    + name + "'. Download the model again.");
        }
        if (!files.has(name)) {
            throw new ModelException("Model '" + model + "' is incomplete: " + index + " names a file '" + name
                    + "', but the model has only " + files.names() + ". Download the model again.");
        }
        return files.require(name);
    }

    private Map<String, Tensor> renamed(Map<String, Tensor> tensors, ModelDimensions dimensions, boolean isTied) {
        Map<String, String> openAiNames = HuggingFaceNames.toOpenAi(dimensions);
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            String name = entry.getKey();
            if (name.equals(HuggingFaceNames.OUTPUT_PROJECTION)) {
                continue;
            }
            String bare =
                    name.startsWith(HuggingFaceNames.PREFIX) ? name.substring(HuggingFaceNames.PREFIX.length()) : name;
            @Nullable Tensor other = renamed.put(openAiNames.getOrDefault(bare, bare), entry.getValue());
            if (other != null) {
                throw new ModelException("Model '" + model + "' is damaged: it has the tensor '" + name
                        + "' twice, under different names. Use another model.");
            }
        }
        @Nullable Tensor projection = tensors.get(HuggingFaceNames.OUTPUT_PROJECTION);
        @Nullable Tensor embedding = renamed.get(HuggingFaceNames.TOKEN_EMBEDDING);
        if (!isTied && projection != null && embedding != null && !isSame(projection, embedding)) {
            throw new ModelException("Model '" + model + "' cannot be used: its output projection should be its token"
                    + " embedding, but is a tensor of its own. Use another model.");
        }
        return renamed;
    }

    private static boolean isSame(Tensor left, Tensor right) {
        return left.type() == right.type()
                && left.shape().equals(right.shape())
                && left.data().equals(right.data());
    }
}
