package io.github.whisperspeedtest.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The heads of the cross-attention that follow the audio in time, for each OpenAI model, because the checkpoints do not
 * contain them.
 *
 * <p>Source: the masks in whisper/__init__.py of openai/whisper.
 */
public final class OpenAiAlignmentHeads {
    /** For each layer its heads. */
    private static final Map<String, String> HEADS = Map.ofEntries(
            Map.entry("tiny.en", "1:0 2:0,5 3:0,1,2,3,4"),
            Map.entry("tiny", "2:2 3:0,2,3,4,5"),
            Map.entry("base.en", "3:3 4:7 5:1,5,7"),
            Map.entry("base", "3:1 4:2,3,7 5:1,2,4,6"),
            Map.entry("small.en", "6:6 7:0,3,8 8:2,5,7 9:0,4,8,10 10:0,1,2,3,6,11 11:2,4"),
            Map.entry("small", "5:3,9 8:0,4,7,8 9:0,7,9 10:5"),
            Map.entry("medium.en", "11:4 14:1,12,14 15:4 16:0,4,9 17:12,14 18:7,10,15 20:0,3,9,14 21:12"),
            Map.entry("medium", "13:15 15:4,15 16:1 20:0 23:4"),
            Map.entry("large-v1", "9:19 11:2,4,17 22:7,11,17 23:2,15"),
            Map.entry(
                    "large-v2",
                    "10:12 13:17 16:11,12,13 17:15,16 18:4,11,19 19:11 21:2,3 22:3,9,12 23:5,7,13 25:5 26:1,12 27:15"),
            Map.entry("large-v3", "7:0 10:17 12:18 13:12 16:1 17:14 19:11 21:4 24:1 25:6"),
            Map.entry("large-v3-turbo", "2:4,11 3:3,6,11,14"));

    /** Mel bins of the models since large-v3. */
    private static final int NEW_MELS = 128;

    /** Layers of the turbo's decoder. */
    private static final int TURBO_LAYERS = 4;

    private OpenAiAlignmentHeads() {}

    /**
     * Returns the heads of a model, or none where it is not one of OpenAI's.
     *
     * @param name the model's or its file's, such as {@code tiny.en}; {@code large} is the first, the third or its turbo, as the dimensions
     *     tell
     */
    public static List<AttentionHead> of(String name, ModelDimensions dimensions) {
        String full = switch (name) {
            case "large" -> large(dimensions);
            case "turbo" -> "large-v3-turbo";
            default -> name;
        };
        List<AttentionHead> heads = parse(HEADS.getOrDefault(full, ""));
        boolean isOfThisModel = heads.stream()
                .allMatch(head -> head.layer() < dimensions.nTextLayer() && head.head() < dimensions.nTextHead());
        return isOfThisModel ? heads : List.of();
    }

    private static String large(ModelDimensions dimensions) {
        if (dimensions.nMels() != NEW_MELS) {
            return "large-v1";
        }
        return dimensions.nTextLayer() == TURBO_LAYERS ? "large-v3-turbo" : "large-v3";
    }

    private static List<AttentionHead> parse(String layers) {
        List<AttentionHead> heads = new ArrayList<>();
        for (String layer : layers.isEmpty() ? new String[0] : layers.split(" ")) {
            int colon = layer.indexOf(':');
            for (String head : layer.substring(colon + 1).split(",")) {
                heads.add(new AttentionHead(Integer.parseInt(layer.substring(0, colon)), Integer.parseInt(head)));
            }
        }
        return heads;
    }
}
