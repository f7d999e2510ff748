package io.github.whisperspeedtest.checkpoint;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One Whisper model in memory.
 *
 * @param dimensions the hyper-parameters
 * @param tensors the weights under OpenAI's names, such as {@code encoder.blocks.0.attn.query.weight}, in file order
 * @param tokenizer the vocabulary
 * @param generation decoding settings of the model
 */
public record Checkpoint(
        ModelDimensions dimensions, Map<String, Tensor> tensors, TokenizerData tokenizer, GenerationConfig generation) {
    /** Copies the map, keeping its order. */
    public Checkpoint {
        Objects.requireNonNull(dimensions, "dimensions");
        Objects.requireNonNull(tokenizer, "tokenizer");
        Objects.requireNonNull(generation, "generation");
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** Creates a model without decoding settings. */
    public Checkpoint(ModelDimensions dimensions, Map<String, Tensor> tensors, TokenizerData tokenizer) {
        this(dimensions, tensors, tokenizer, GenerationConfig.NONE);
    }
}
