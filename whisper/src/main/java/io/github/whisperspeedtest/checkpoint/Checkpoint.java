package io.github.whisperspeedtest.checkpoint;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

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

    /**
     * Returns how the matrices are stored, such as {@code float16}, {@code int8}, {@code q5_0} or {@code 4-bit and float16}.
     *
     * <p>Embeddings of positions do not count: some formats keep them in another type, and some generate them.
     */
    public String storedType() {
        return tensors.entrySet().stream()
                .filter(tensor -> tensor.getKey().endsWith(".weight")
                        && tensor.getValue().shape().size() > 1)
                .map(tensor -> label(tensor.getValue()))
                .distinct()
                .sorted()
                .collect(Collectors.joining(" and "));
    }

    /**
     * Returns the quantised type of the weights that the format's reader dequantises, such as {@code q5_0}; empty if it
     * passes all of them on as they are stored.
     */
    public Optional<String> dequantizedFrom() {
        return tensors.values().stream()
                .flatMap(tensor -> tensor.dequantizedFrom().stream())
                .distinct()
                .sorted()
                .reduce((first, second) -> first + " and " + second);
    }

    private static String label(Tensor tensor) {
        Optional<String> quantized = tensor.groups().map(groups -> groups.bits() + "-bit");
        return tensor.dequantizedFrom().or(() -> quantized).orElseGet(() -> switch (tensor.type()) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case I8 -> "int8";
        });
    }

    /** Creates a model without decoding settings. */
    public Checkpoint(ModelDimensions dimensions, Map<String, Tensor> tensors, TokenizerData tokenizer) {
        this(dimensions, tensors, tokenizer, GenerationConfig.NONE);
    }
}
