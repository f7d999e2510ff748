package io.github.whisperspeedtest.mlx;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.checkpoint.ConfigFile;
import io.github.whisperspeedtest.checkpoint.DimensionLimits;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The file {@code config.json} of MLX's Whisper: dimensions under OpenAI's names, and how layers are quantised.
 *
 * <p>Source: {@code load_model} in whisper/mlx_whisper/load_models.py of ml-explore/mlx-examples, and {@code load_model} in
 * mlx_lm/utils.py of ml-explore/mlx-lm for quantisations of single layers.
 *
 * @param file the file
 * @param dimensions of the model
 * @param grouping of all layers but those that say otherwise, empty where the file states none
 * @param groupings of single layers, by their names; empty for one that is not quantised
 */
record MlxConfig(
        Path file, ModelDimensions dimensions, Optional<Grouping> grouping, Map<String, Optional<Grouping>> groupings) {
    /** A dimension that MLX has another name for than transformers. */
    static final String MELS = "n_mels";

    private static final String VOCABULARY = "n_vocab";

    private static final String MODEL_TYPE = "model_type";
    private static final String WHISPER = "whisper";
    private static final String QUANTIZATION = "quantization";
    private static final String BITS = "bits";
    private static final String GROUP_SIZE = "group_size";
    private static final String MODE = "mode";

    /** The only mode that has scales and biases, and the one that is meant where none is named. */
    private static final String AFFINE = "affine";

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Copies the map. */
    MlxConfig {
        groupings = Map.copyOf(groupings);
    }

    /**
     * Reads a file.
     *
     * @throws ModelException if it is damaged, not that of a Whisper model, or states a quantisation that is not supported
     * @throws IOException if it cannot be read
     */
    static MlxConfig read(Path file) throws IOException {
        ConfigFile config = ConfigFile.read(file);
        String type = config.text(MODEL_TYPE, WHISPER);
        if (!type.equals(WHISPER)) {
            throw new ModelException(file + " is not that of a Whisper model: it should have the " + MODEL_TYPE + " '"
                    + WHISPER + "', but has '" + type + "'. Use another model.");
        }
        ModelDimensions dimensions = dimensions(config);
        DimensionLimits.check(file.toString(), dimensions);
        if (!config.has(QUANTIZATION)) {
            return new MlxConfig(file, dimensions, Optional.empty(), Map.of());
        }
        ConfigFile quantization = config.object(QUANTIZATION);
        Grouping grouping = grouping(file, quantization);
        return new MlxConfig(
                file, dimensions, Optional.of(grouping), groupings(file, quantization, dimensions, grouping));
    }

    /**
     * Returns the number of tokens.
     *
     * @throws ModelException if it is missing or not a positive integer
     */
    static int vocabularySize(ConfigFile config) {
        return positive(config, VOCABULARY);
    }

    private static ModelDimensions dimensions(ConfigFile config) {
        return new ModelDimensions(
                positive(config, MELS),
                positive(config, "n_audio_ctx"),
                positive(config, "n_audio_state"),
                positive(config, "n_audio_head"),
                positive(config, "n_audio_layer"),
                positive(config, VOCABULARY),
                positive(config, "n_text_ctx"),
                positive(config, "n_text_state"),
                positive(config, "n_text_head"),
                positive(config, "n_text_layer"));
    }

    private static int positive(ConfigFile config, String name) {
        return config.integer(name, 1, Integer.MAX_VALUE);
    }

    private static Grouping grouping(Path file, ConfigFile quantization) {
        String mode = quantization.text(MODE, AFFINE);
        if (!mode.equals(AFFINE)) {
            throw new ModelException(file + " cannot be used: its quantisation is of the mode '" + mode
                    + "', but only '" + AFFINE + "' is supported. Use the model in that mode, or as float16.");
        }
        Grouping grouping = new Grouping(positive(quantization, BITS), positive(quantization, GROUP_SIZE));
        grouping.check(file.toString());
        return grouping;
    }

    private static Map<String, Optional<Grouping>> groupings(
            Path file, ConfigFile quantization, ModelDimensions dimensions, Grouping usual) {
        Set<String> layers = MlxNames.quantizableLayers(dimensions);
        Map<String, Optional<Grouping>> groupings = new HashMap<>();
        for (String name : quantization.names()) {
            if (layers.contains(name)) {
                groupings.put(
                        name,
                        quantization.isObject(name)
                                ? Optional.of(grouping(file, quantization.object(name)))
                                : Optional.of(usual).filter(grouping -> quantization.flag(name, true)));
            } else if (!Set.of(BITS, GROUP_SIZE, MODE).contains(name)) {
                throw new ModelException(file + " cannot be used: its quantisation has '" + name
                        + "', which is neither a setting that is known nor a layer that can be quantised."
                        + " Use another model.");
            }
        }
        return groupings;
    }

    /** Returns how a layer is quantised if it is. */
    Optional<Grouping> grouping(String layer) {
        return groupings.getOrDefault(layer, grouping);
    }

    /**
     * Writes a file as mlx-examples' converter does.
     *
     * @param grouping of all layers, empty where none is quantised
     * @throws IOException if the disk fails
     */
    static void write(Path file, ModelDimensions dimensions, Optional<Grouping> grouping) throws IOException {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put(MELS, dimensions.nMels());
        config.put("n_audio_ctx", dimensions.nAudioCtx());
        config.put("n_audio_state", dimensions.nAudioState());
        config.put("n_audio_head", dimensions.nAudioHead());
        config.put("n_audio_layer", dimensions.nAudioLayer());
        config.put(VOCABULARY, dimensions.nVocab());
        config.put("n_text_ctx", dimensions.nTextCtx());
        config.put("n_text_state", dimensions.nTextState());
        config.put("n_text_head", dimensions.nTextHead());
        config.put("n_text_layer", dimensions.nTextLayer());
        grouping.ifPresent(written -> config.putObject(QUANTIZATION)
                .put(GROUP_SIZE, written.groupSize())
                .put(BITS, written.bits()));
        config.put(MODEL_TYPE, WHISPER);
        Files.write(file, JSON.writeValueAsBytes(config));
    }
}
