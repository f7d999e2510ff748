package io.github.whisperspeedtest.checkpoint;

import java.util.List;
import java.util.Optional;

/**
 * What a published model says of decoding beside its weights, as in {@code generation_config.json} or CTranslate2's {@code
 * config.json}.
 *
 * @param suppressTokens ids that are never to be decoded; empty where the model does not say
 * @param beginSuppressTokens ids that must not come first; empty where the model does not say
 * @param alignmentHeads the heads of the cross-attention that follow the audio in time; empty where the model does not say
 */
public record GenerationConfig(
        Optional<List<Integer>> suppressTokens,
        Optional<List<Integer>> beginSuppressTokens,
        List<AttentionHead> alignmentHeads) {
    /** A model that says nothing. */
    public static final GenerationConfig NONE = new GenerationConfig(Optional.empty(), Optional.empty(), List.of());

    /** Copies the lists. */
    public GenerationConfig {
        suppressTokens = suppressTokens.map(List::copyOf);
        beginSuppressTokens = beginSuppressTokens.map(List::copyOf);
        alignmentHeads = List.copyOf(alignmentHeads);
    }
}
