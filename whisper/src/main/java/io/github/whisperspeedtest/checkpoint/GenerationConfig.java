package io.github.whisperspeedtest.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decoding settings published with a model, as in {@code generation_config.json} or CTranslate2's {@code config.json}.
 *
 * @param suppressTokens ids that are never decoded; empty if not specified
 * @param beginSuppressTokens ids that must not be decoded first; empty if not specified
 * @param alignmentHeads cross-attention heads that follow the audio in time; empty if not specified
 */
public record GenerationConfig(
        Optional<List<Integer>> suppressTokens,
        Optional<List<Integer>> beginSuppressTokens,
        List<AttentionHead> alignmentHeads) {
    /** No settings. */
    public static final GenerationConfig NONE = new GenerationConfig(Optional.empty(), Optional.empty(), List.of());

    /** Copies the lists. */
    public GenerationConfig {
        suppressTokens = suppressTokens.map(List::copyOf);
        beginSuppressTokens = beginSuppressTokens.map(List::copyOf);
        alignmentHeads = List.copyOf(alignmentHeads);
    }

    /**
     * Returns the specified alignment heads, or by default all heads of the latter half of the decoder's layers, the
     * default of openai/whisper's {@code model.py} and of CTranslate2's converter.
     *
     * @param dimensions those of the model
     */
    public List<AttentionHead> alignmentHeads(ModelDimensions dimensions) {
        if (!alignmentHeads.isEmpty()) {
            return alignmentHeads;
        }
        List<AttentionHead> heads = new ArrayList<>();
        for (int layer = dimensions.nTextLayer() / 2; layer < dimensions.nTextLayer(); layer++) {
            for (int head = 0; head < dimensions.nTextHead(); head++) {
                heads.add(new AttentionHead(layer, head));
            }
        }
        return List.copyOf(heads);
    }
}
