package io.github.whisperspeedtest.onnx.graph;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The forms of a network's linear layers.
 *
 * @param encoder writes those of the encoder's graph
 * @param decoder writes those of the decoder's graph
 */
public record LinearForms(LinearLayers encoder, LinearLayers decoder) {
    /** The keys and values of the cross-attention are computed in the encoder's graph. */
    private static final Pattern IN_ENCODER_GRAPH =
            Pattern.compile("encoder\\..*|decoder\\.blocks\\.\\d+\\.cross_attn\\.(key|value)\\.weight");

    public static LinearForms of(Precision precision) {
        return new LinearForms(precision.encoderLayers(), precision.decoderLayers());
    }

    /**
     * Describes the form of a checkpoint's grouped weights.
     *
     * @return such as {@code 4-bit weights kept}; empty for a checkpoint without such groups
     */
    public Optional<String> describe(Checkpoint checkpoint) {
        Map<String, Tensor> grouped = checkpoint.tensors().entrySet().stream()
                .filter(entry -> entry.getValue().groups().isPresent())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (grouped.isEmpty()) {
            return Optional.empty();
        }
        Set<String> dequantized = new HashSet<>();
        grouped.forEach((name, weight) -> {
            LinearLayers layers = isInEncoderGraph(name) ? encoder : decoder;
            if (!layers.keeps(weight)) {
                dequantized.add(name);
            }
        });
        String weights = GroupedMatrix.describe(grouped.values()) + " weights ";
        if (dequantized.isEmpty()) {
            return Optional.of(weights + "kept");
        }
        if (dequantized.size() == grouped.size()) {
            return Optional.of(weights + "dequantised");
        }
        if (dequantized.equals(encoders(grouped.keySet()))) {
            return Optional.of(weights + "kept in the decoder, dequantised in the encoder");
        }
        return Optional.of(
                weights + "kept, but dequantised in " + dequantized.size() + " of " + grouped.size() + " layers");
    }

    private static boolean isInEncoderGraph(String name) {
        return IN_ENCODER_GRAPH.matcher(name).matches();
    }

    private static Set<String> encoders(Set<String> names) {
        return names.stream().filter(LinearForms::isInEncoderGraph).collect(Collectors.toSet());
    }
}
