package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps each variable of a Whisper model in CTranslate2's format to OpenAI's tensors that it concatenates.
 *
 * <p>Source: whisper_spec.py, transformer_spec.py, attention_spec.py and {@code WhisperLoader} in
 * converters/transformers.py of OpenNMT/CTranslate2.
 */
final class CTranslate2Layout {
    static final String EMBEDDING = "decoder/embeddings/weight";

    /** The output projection, an alias of {@link #EMBEDDING}. */
    static final String PROJECTION = "decoder/projection/weight";

    private final List<Entry> entries = new ArrayList<>();

    private CTranslate2Layout() {}

    /**
     * One variable.
     *
     * @param variable its name
     * @param parts the tensors in it, joined along their first dimension; {@link #NO_BIAS} where a projection has none
     */
    record Entry(String variable, List<String> parts) {
        /** Placeholder for the bias of the keys, which Whisper lacks; zeros are stored in its place. */
        static final String NO_BIAS = "";

        Entry {
            parts = List.copyOf(parts);
        }

        /** Returns whether quantized models store the variable as signed bytes. */
        boolean isQuantizable() {
            return variable.endsWith("/weight");
        }

        String scale() {
            return variable + ModelBinFormat.SCALE_SUFFIX;
        }
    }

    /** Returns the variables that contain the tensors of a model with the given dimensions. */
    static List<Entry> of(ModelDimensions dimensions) {
        CTranslate2Layout layout = new CTranslate2Layout();
        for (String convolution : List.of("conv1", "conv2")) {
            layout.addLinear("encoder/" + convolution, "encoder." + convolution);
        }
        layout.add("encoder/position_encodings/encodings", "encoder.positional_embedding");
        for (int i = 0; i < dimensions.nAudioLayer(); i++) {
            layout.addLayer("encoder/layer_" + i + "/", "encoder.blocks." + i + ".", false);
        }
        layout.addNorm("encoder/layer_norm", "encoder.ln_post");

        layout.add(EMBEDDING, "decoder.token_embedding.weight");
        layout.add("decoder/position_encodings/encodings", "decoder.positional_embedding");
        for (int i = 0; i < dimensions.nTextLayer(); i++) {
            layout.addLayer("decoder/layer_" + i + "/", "decoder.blocks." + i + ".", true);
        }
        layout.addNorm("decoder/layer_norm", "decoder.ln");
        return layout.entries;
    }

    private void addLayer(String scope, String block, boolean hasCrossAttention) {
        addNorm(scope + "self_attention/layer_norm", block + "attn_ln");
        addLinear(scope + "self_attention/linear_0", block + "attn.query", block + "attn.key", block + "attn.value");
        addLinear(scope + "self_attention/linear_1", block + "attn.out");
        if (hasCrossAttention) {
            addNorm(scope + "attention/layer_norm", block + "cross_attn_ln");
            addLinear(scope + "attention/linear_0", block + "cross_attn.query");
            addLinear(scope + "attention/linear_1", block + "cross_attn.key", block + "cross_attn.value");
            addLinear(scope + "attention/linear_2", block + "cross_attn.out");
        }
        addNorm(scope + "ffn/layer_norm", block + "mlp_ln");
        addLinear(scope + "ffn/linear_0", block + "mlp.0");
        addLinear(scope + "ffn/linear_1", block + "mlp.2");
    }

    private void addLinear(String scope, String... layers) {
        List<String> weights = new ArrayList<>();
        List<String> biases = new ArrayList<>();
        for (String layer : layers) {
            weights.add(layer + ".weight");
            biases.add(layer.endsWith(".key") ? Entry.NO_BIAS : layer + ".bias");
        }
        entries.add(new Entry(scope + "/weight", weights));
        entries.add(new Entry(scope + "/bias", biases));
    }

    private void addNorm(String scope, String norm) {
        add(scope + "/gamma", norm + ".weight");
        add(scope + "/beta", norm + ".bias");
    }

    private void add(String variable, String tensor) {
        entries.add(new Entry(variable, List.of(tensor)));
    }
}
