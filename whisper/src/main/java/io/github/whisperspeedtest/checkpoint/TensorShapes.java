package io.github.whisperspeedtest.checkpoint;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and shapes of the tensors of a Whisper model, derived from its dimensions; both are OpenAI's. */
public final class TensorShapes {
    private TensorShapes() {}

    /** Returns the shape of every tensor by its name, the encoder's first; sizes are in row-major order. */
    public static Map<String, List<Integer>> of(ModelDimensions dimensions) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        int audio = dimensions.nAudioState();
        shapes.put("encoder.positional_embedding", List.of(dimensions.nAudioCtx(), audio));
        shapes.put("encoder.conv1.weight", List.of(audio, dimensions.nMels(), 3));
        shapes.put("encoder.conv1.bias", List.of(audio));
        shapes.put("encoder.conv2.weight", List.of(audio, audio, 3));
        shapes.put("encoder.conv2.bias", List.of(audio));
        for (int layer = 0; layer < dimensions.nAudioLayer(); layer++) {
            String block = "encoder.blocks." + layer + ".";
            putAttention(shapes, block + "attn", audio);
            putFeedForward(shapes, block, audio);
        }
        putNorm(shapes, "encoder.ln_post", audio);

        int text = dimensions.nTextState();
        shapes.put("decoder.positional_embedding", List.of(dimensions.nTextCtx(), text));
        shapes.put("decoder.token_embedding.weight", List.of(dimensions.nVocab(), text));
        for (int layer = 0; layer < dimensions.nTextLayer(); layer++) {
            String block = "decoder.blocks." + layer + ".";
            putAttention(shapes, block + "attn", text);
            putAttention(shapes, block + "cross_attn", text);
            putFeedForward(shapes, block, text);
        }
        putNorm(shapes, "decoder.ln", text);
        return shapes;
    }

    /**
     * Checks that a checkpoint has exactly the tensors that its dimensions require.
     *
     * @param name what to call the checkpoint in messages
     * @throws ModelException naming the first tensor that is missing, unknown or of another shape
     */
    public static void check(String name, Checkpoint checkpoint) {
        Map<String, List<Integer>> shapes = of(checkpoint.dimensions());
        for (Map.Entry<String, List<Integer>> expected : shapes.entrySet()) {
            @Nullable Tensor tensor = checkpoint.tensors().get(expected.getKey());
            if (tensor == null) {
                throw new ModelException(name + " is incomplete: tensor '" + expected.getKey() + "' is missing, "
                        + checkpoint.tensors().size() + " of " + shapes.size()
                        + " are present. Download the model again.");
            }
            if (!tensor.shape().equals(expected.getValue())) {
                throw new ModelException(name + " is damaged: tensor '" + expected.getKey() + "' should have the shape "
                        + expected.getValue() + ", but has " + tensor.shape() + ". Download the model again.");
            }
        }
        for (String tensor : checkpoint.tensors().keySet()) {
            if (!shapes.containsKey(tensor)) {
                throw new ModelException(name + " is not a Whisper model of the dimensions it states: it has a tensor '"
                        + tensor + "', which no such model has. Use another model.");
            }
        }
    }

    private static void putAttention(Map<String, List<Integer>> shapes, String prefix, int width) {
        for (String projection : List.of("query", "key", "value", "out")) {
            shapes.put(prefix + "." + projection + ".weight", List.of(width, width));
            if (!projection.equals("key")) {
                shapes.put(prefix + "." + projection + ".bias", List.of(width));
            }
        }
        putNorm(shapes, prefix + "_ln", width);
    }

    private static void putFeedForward(Map<String, List<Integer>> shapes, String block, int width) {
        shapes.put(block + "mlp.0.weight", List.of(4 * width, width));
        shapes.put(block + "mlp.0.bias", List.of(4 * width));
        shapes.put(block + "mlp.2.weight", List.of(width, 4 * width));
        shapes.put(block + "mlp.2.bias", List.of(width));
        putNorm(shapes, block + "mlp_ln", width);
    }

    private static void putNorm(Map<String, List<Integer>> shapes, String name, int width) {
        shapes.put(name + ".weight", List.of(width));
        shapes.put(name + ".bias", List.of(width));
    }
}
