package io.github.whisperspeedtest.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code preprocessor_config.json}: what transformers and faster-whisper read to know how the spectrogram is made.
 *
 * <p>Only the mel bins differ from model to model. Names and values: {@code WhisperFeatureExtractor} in huggingface/transformers.
 */
public final class PreprocessorConfig {
    /** The file's name. */
    public static final String FILE_NAME = "preprocessor_config.json";

    private static final String MELS = "feature_size";
    private static final int SECONDS = 30;
    private static final int SAMPLE_RATE = 16000;
    private static final int HOP = 160;
    private static final int WINDOW = 400;

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private PreprocessorConfig() {}

    /**
     * Checks that a file is that of a model with the given mel bins; a file that does not state them is taken for one.
     *
     * @throws ModelException if it states others, or is damaged
     * @throws IOException if it cannot be read
     */
    public static void check(Path file, int nMels) throws IOException {
        ConfigFile config = ConfigFile.read(file);
        if (config.has(MELS) && config.integer(MELS, 1, Integer.MAX_VALUE) != nMels) {
            throw new ModelException(file + " is not that of this model: its feature_size should be the " + nMels
                    + " mel bins of the weights, but is " + config.integer(MELS, 1, Integer.MAX_VALUE)
                    + ". Download the model again.");
        }
    }

    /**
     * Writes the file of a model with the given mel bins.
     *
     * @throws IOException if the disk fails
     */
    public static void write(Path directory, int nMels) throws IOException {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("chunk_length", SECONDS);
        config.put("feature_extractor_type", "WhisperFeatureExtractor");
        config.put(MELS, nMels);
        config.put("hop_length", HOP);
        config.put("n_fft", WINDOW);
        config.put("n_samples", SECONDS * SAMPLE_RATE);
        config.put("nb_max_frames", SECONDS * SAMPLE_RATE / HOP);
        config.put("padding_side", "right");
        config.put("padding_value", 0.0);
        config.put("processor_class", "WhisperProcessor");
        config.put("return_attention_mask", false);
        config.put("sampling_rate", SAMPLE_RATE);
        Files.write(directory.resolve(FILE_NAME), JSON.writeValueAsBytes(config));
    }
}
