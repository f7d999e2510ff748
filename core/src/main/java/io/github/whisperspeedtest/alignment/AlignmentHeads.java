package io.github.whisperspeedtest.alignment;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.ArrayList;
import java.util.List;

/** Which heads of the cross-attention tell when a token is said. */
final class AlignmentHeads {
    private AlignmentHeads() {}

    /**
     * Returns the heads that the model names, or else all heads of the latter half of the decoder's layers, the default of
     * openai/whisper's {@code model.py}.
     */
    static List<AttentionHead> of(ModelDimensions dimensions, GenerationConfig generation) {
        if (!generation.alignmentHeads().isEmpty()) {
            return generation.alignmentHeads();
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
