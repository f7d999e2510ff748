package io.github.whisperspeedtest.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsWriter;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.TokenizerWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a model in the format of huggingface/transformers: {@code config.json}, {@code generation_config.json},
 * {@code model.safetensors}, {@code tokenizer.json} and {@code preprocessor_config.json}.
 *
 * <p>Tensors are converted in slices, so that the largest model needs no more memory than the smallest.
 */
public final class HuggingFaceWriter {
    private static final Map<String, DataType> TYPES = new LinkedHashMap<>();

    static {
        TYPES.put("f16", DataType.F16);
        TYPES.put("f32", DataType.F32);
    }

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private HuggingFaceWriter() {}

    /** Returns the types that weights can be written in, the default first. */
    public static List<String> quantizations() {
        return List.copyOf(TYPES.keySet());
    }

    /**
     * Writes the files into a directory that exists and has none of them.
     *
     * @param quantization one of {@link #quantizations()}
     * @throws ModelException if the checkpoint lacks tensors that its dimensions require
     * @throws IOException if the disk fails
     */
    public static void write(Checkpoint checkpoint, String quantization, Path directory) throws IOException {
        DataType type = TYPES.get(quantization);
        if (type == null) {
            throw new IllegalArgumentException(
                    "Unknown quantization '" + quantization + "', use one of " + quantizations());
        }
        TensorShapes.check("The model to be written to " + directory, checkpoint);
        ModelDimensions dimensions = checkpoint.dimensions();
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        checkpoint.tensors().forEach((name, tensor) -> renamed.put(HuggingFaceNames.of(name), tensor));
        SafetensorsWriter.write(directory.resolve("model.safetensors"), renamed, type);
        write(directory.resolve("config.json"), config(dimensions, type));
        writeGenerationConfig(checkpoint, directory);
        TokenizerWriter.writeTokenizerJson(
                checkpoint.tokenizer(), dimensions.nVocab(), directory.resolve("tokenizer.json"));
        PreprocessorConfig.write(directory, dimensions.nMels());
    }

    /**
     * Writes {@code generation_config.json} with the decoding settings of the model.
     *
     * @param directory where it goes
     * @throws IOException if the disk fails
     */
    public static void writeGenerationConfig(Checkpoint checkpoint, Path directory) throws IOException {
        write(directory.resolve(RepositoryFiles.GENERATION_CONFIG), generation(checkpoint));
    }

    private static void write(Path file, ObjectNode content) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(content));
    }

    private static ObjectNode config(ModelDimensions dimensions, DataType type) {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.putArray("architectures").add("WhisperForConditionalGeneration");
        config.put("model_type", "whisper");
        config.put("is_encoder_decoder", true);
        config.put("activation_function", "gelu");
        config.put("scale_embedding", false);
        config.put("torch_dtype", type == DataType.F16 ? "float16" : "float32");
        config.put("d_model", dimensions.nAudioState());
        config.put("num_mel_bins", dimensions.nMels());
        config.put("max_source_positions", dimensions.nAudioCtx());
        config.put("encoder_layers", dimensions.nAudioLayer());
        config.put("encoder_attention_heads", dimensions.nAudioHead());
        config.put("encoder_ffn_dim", 4 * dimensions.nAudioState());
        config.put("vocab_size", dimensions.nVocab());
        config.put("max_target_positions", dimensions.nTextCtx());
        config.put("decoder_layers", dimensions.nTextLayer());
        config.put("decoder_attention_heads", dimensions.nTextHead());
        config.put("decoder_ffn_dim", 4 * dimensions.nTextState());
        putTokens(config, SpecialTokens.of(dimensions.nVocab()));
        return config;
    }

    private static ObjectNode generation(Checkpoint checkpoint) {
        GenerationConfig generation = checkpoint.generation();
        SpecialTokens ids = SpecialTokens.of(checkpoint.dimensions().nVocab());
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        putTokens(config, ids);
        config.put("is_multilingual", ids.isMultilingual());
        config.put("max_length", checkpoint.dimensions().nTextCtx());
        config.put("no_timestamps_token_id", ids.noTimestamps());
        config.put("prev_sot_token_id", ids.startOfPrevious());
        if (ids.isMultilingual()) {
            ObjectNode languages = config.putObject("lang_to_id");
            for (String code : ids.languages()) {
                languages.put("<|" + code + "|>", ids.language(code).orElseThrow());
            }
            config.putObject("task_to_id").put("transcribe", ids.transcribe()).put("translate", ids.translate());
        }
        generation.suppressTokens().ifPresent(tokens -> tokens.forEach(config.putArray("suppress_tokens")::add));
        generation
                .beginSuppressTokens()
                .ifPresent(tokens -> tokens.forEach(config.putArray("begin_suppress_tokens")::add));
        if (!generation.alignmentHeads().isEmpty()) {
            ArrayNode heads = config.putArray("alignment_heads");
            generation
                    .alignmentHeads()
                    .forEach(head -> heads.addArray().add(head.layer()).add(head.head()));
        }
        return config;
    }

    private static void putTokens(ObjectNode config, SpecialTokens ids) {
        config.put("bos_token_id", ids.endOfText());
        config.put("eos_token_id", ids.endOfText());
        config.put("pad_token_id", ids.endOfText());
        config.put("decoder_start_token_id", ids.startOfTranscript());
    }
}
