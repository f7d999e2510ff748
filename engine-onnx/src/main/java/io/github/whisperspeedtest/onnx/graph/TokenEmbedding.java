package io.github.whisperspeedtest.onnx.graph;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;

/**
 * Looks up what the decoder gets for a token at a position.
 *
 * <p>It is done here and not in the graph: a few rows are wanted at a time, straight out of the model's file, while a table inside the graph
 * would be a second copy of the largest weight, beside the one that is packed for the logits.
 */
public final class TokenEmbedding {
    private final Tensor tokens;

    /** Keeps the weights file mapped, so that its content stays the same even if the path is replaced. */
    private final List<ByteBuffer> mapped;

    private final float[] positions;
    private final float[] row;

    public TokenEmbedding(Checkpoint checkpoint) {
        tokens = Objects.requireNonNull(checkpoint.tensors().get("decoder.token_embedding.weight"));
        mapped = stored(tokens);
        positions =
                WeightBuffers.array(Objects.requireNonNull(checkpoint.tensors().get("decoder.positional_embedding")));
        row = new float[checkpoint.dimensions().nTextState()];
    }

    /** Returns the bytes that are in the file, not what is made of them. */
    private static List<ByteBuffer> stored(Tensor tensor) {
        return tensor.groups()
                .map(groups -> List.of(
                        groups.codes().data(),
                        groups.scales().data(),
                        groups.biases().data()))
                .orElseGet(() -> tensor.isGenerated() ? List.of() : List.of(tensor.data()));
    }

    /** Writes the sum of both embeddings to the buffer's position. */
    public void put(int token, int position, FloatBuffer target) {
        tokens.copyTo(token * row.length, row);
        for (int i = 0; i < row.length; i++) {
            row[i] += positions[position * row.length + i];
        }
        target.put(row);
    }
}
