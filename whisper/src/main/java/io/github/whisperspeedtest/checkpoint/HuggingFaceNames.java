package io.github.whisperspeedtest.checkpoint;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The names that huggingface/transformers gives to the tensors of Whisper.
 *
 * <p>Source: {@code WHISPER_MAPPING} in models/whisper/convert_openai_to_hf.py there.
 */
final class HuggingFaceNames {
    /** The output projection, which is the token embedding again. */
    static final String OUTPUT_PROJECTION = "proj_out.weight";

    static final String TOKEN_EMBEDDING = "decoder.token_embedding.weight";

    /** What stands before every name of a model that was saved together with its output projection. */
    static final String PREFIX = "model.";

    private static final Map<String, String> SEGMENTS = Map.ofEntries(
            Map.entry("blocks", "layers"),
            Map.entry("attn", "self_attn"),
            Map.entry("attn_ln", "self_attn_layer_norm"),
            Map.entry("cross_attn", "encoder_attn"),
            Map.entry("cross_attn_ln", "encoder_attn_layer_norm"),
            Map.entry("query", "q_proj"),
            Map.entry("key", "k_proj"),
            Map.entry("value", "v_proj"),
            Map.entry("out", "out_proj"),
            Map.entry("mlp_ln", "final_layer_norm"),
            Map.entry("ln", "layer_norm"),
            Map.entry("ln_post", "layer_norm"),
            Map.entry("token_embedding", "embed_tokens"),
            Map.entry("positional_embedding", "embed_positions.weight"));

    private HuggingFaceNames() {}

    /** Returns the name of a tensor, {@link #PREFIX} included. */
    static String of(String openAiName) {
        String joined = openAiName.replace(".mlp.0.", ".fc1.").replace(".mlp.2.", ".fc2.");
        return PREFIX
                + Arrays.stream(joined.split("\\."))
                        .map(segment -> SEGMENTS.getOrDefault(segment, segment))
                        .collect(Collectors.joining("."));
    }

    /** Returns OpenAI's name by the name without {@link #PREFIX}, for all tensors of a model of the given dimensions. */
    static Map<String, String> toOpenAi(ModelDimensions dimensions) {
        Map<String, String> names = new LinkedHashMap<>();
        for (String name : TensorShapes.of(dimensions).keySet()) {
            names.put(of(name).substring(PREFIX.length()), name);
        }
        return names;
    }
}
