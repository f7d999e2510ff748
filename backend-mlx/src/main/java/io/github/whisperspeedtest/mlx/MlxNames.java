package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names and layouts of OpenAI's tensors in MLX's Whisper.
 *
 * <p>Source: whisper/convert.py and whisper/mlx_whisper/whisper.py of ml-explore/mlx-examples.
 */
final class MlxNames {
    /** The cross-attention heads that follow the audio, {@code [heads, 2]}: pairs of a layer and a head. */
    static final String ALIGNMENT_HEADS = "alignment_heads";

    /** The encoder's position embeddings. MLX computes them itself unless a file contains them. */
    static final String POSITIONS = "encoder.positional_embedding";

    static final String OWN_POSITIONS = "encoder._positional_embedding";

    /** A constant that MLX computes itself. */
    static final String MASK = "decoder._mask";

    private static final String WEIGHT = ".weight";

    private MlxNames() {}

    /** Returns the name of a tensor's array. */
    static String of(String tensor) {
        return tensor.replace(".mlp.0.", ".mlp1.").replace(".mlp.2.", ".mlp2.");
    }

    /** Returns whether an array is the kernel of a convolution, whose input channels come last in MLX. */
    static boolean isKernel(List<Integer> shape) {
        return shape.size() == 3;
    }

    /** Returns the shape that a tensor's array has, for a kernel {@code [output, width, input]}. */
    static List<Integer> shape(List<Integer> shape) {
        return isKernel(shape) ? List.of(shape.get(0), shape.get(2), shape.get(1)) : shape;
    }

    /** Returns whether an array is the matrix of a linear layer or of an embedding, which MLX can quantise. */
    static boolean isQuantizable(String name, List<Integer> shape) {
        return shape.size() == 2 && name.endsWith(WEIGHT);
    }

    /** Returns the layer that a weight belongs to. */
    static String layer(String weight) {
        return weight.substring(0, weight.length() - WEIGHT.length());
    }

    /** Returns the layers that MLX can quantise. */
    static Set<String> quantizableLayers(ModelDimensions dimensions) {
        return TensorShapes.of(dimensions).entrySet().stream()
                .filter(entry -> isQuantizable(entry.getKey(), entry.getValue()))
                .map(Map.Entry::getKey)
                .map(tensor -> layer(of(tensor)))
                .collect(Collectors.toUnmodifiableSet());
    }

    static String scales(String layer) {
        return layer + ".scales";
    }

    /** Not to be taken for the bias of a linear layer, which is called {@code bias}. */
    static String biases(String layer) {
        return layer + ".biases";
    }
}
