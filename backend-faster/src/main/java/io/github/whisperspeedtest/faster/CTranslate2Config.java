package io.github.whisperspeedtest.faster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.checkpoint.ConfigFile;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * CTranslate2's {@code config.json}, which contains the decoding settings of a Whisper model.
 *
 * <p>Source: {@code WhisperConfig} in whisper_spec.py and {@code set_config} in converters/transformers.py of
 * OpenNMT/CTranslate2.
 */
final class CTranslate2Config {
    private static final String SUPPRESS = "suppress_ids";
    private static final String SUPPRESS_BEGIN = "suppress_ids_begin";
    private static final String ALIGNMENT_HEADS = "alignment_heads";
    private static final String LANGUAGES = "lang_ids";

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private CTranslate2Config() {}

    /**
     * Reads a file.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if it is damaged
     * @throws IOException if it cannot be read
     */
    static GenerationConfig read(Path file, ModelDimensions dimensions) throws IOException {
        ConfigFile config = ConfigFile.read(file);
        return new GenerationConfig(
                config.tokens(SUPPRESS, dimensions.nVocab()),
                config.tokens(SUPPRESS_BEGIN, dimensions.nVocab()),
                config.heads(ALIGNMENT_HEADS, dimensions));
    }

    /**
     * Writes a file. If the alignment heads are not specified, all heads in the upper half of the layers are written,
     * as by the converter.
     *
     * @throws IOException if writing fails
     */
    static void write(Path file, ModelDimensions dimensions, GenerationConfig generation) throws IOException {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        ArrayNode heads = config.putArray(ALIGNMENT_HEADS);
        generation
                .alignmentHeads(dimensions)
                .forEach(head -> heads.addArray().add(head.layer()).add(head.head()));
        SpecialTokens ids = SpecialTokens.of(dimensions.nVocab());
        ArrayNode languages = config.putArray(LANGUAGES);
        for (String code : ids.languages()) {
            languages.add(ids.language(code).orElseThrow());
        }
        put(config, SUPPRESS, generation.suppressTokens());
        put(config, SUPPRESS_BEGIN, generation.beginSuppressTokens());
        Files.write(file, JSON.writeValueAsBytes(config));
    }

    private static void put(ObjectNode config, String name, Optional<List<Integer>> tokens) {
        tokens.ifPresentOrElse(ids -> ids.forEach(config.putArray(name)::add), () -> config.putNull(name));
    }
}
