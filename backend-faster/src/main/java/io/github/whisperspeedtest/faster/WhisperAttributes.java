package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.error.ModelException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The scalar attributes in a {@code model.bin} that control the computation in CTranslate2.
 *
 * <p>Whisper fixes all of them except the number of attention heads; other values belong to a different network.
 */
final class WhisperAttributes {
    private static final String HEADS = "/num_heads";
    private static final String ACTIVATION = "decoder/activation";
    private static final String PRE_NORM = "decoder/pre_norm";
    private static final String SCALE_EMBEDDINGS = "decoder/scale_embeddings";

    private WhisperAttributes() {}

    /**
     * Returns the attention heads of a layer.
     *
     * @param scope {@code encoder} or {@code decoder}
     * @throws ModelException if they are not stated
     */
    static int heads(ModelBin model, String scope) {
        @Nullable Variable heads = model.variables().get(scope + HEADS);
        if (heads == null || !heads.isNumber()) {
            throw new ModelException(model.file() + " is damaged: its attribute '" + scope + HEADS
                    + "' should be a number, but is " + (heads == null ? "missing" : heads.shape())
                    + ". Download the model again.");
        }
        return (int) heads.number();
    }

    /**
     * Checks that all attributes have Whisper's values.
     *
     * @throws ModelException naming the first attribute with another value
     */
    static void check(ModelBin model) {
        if (!model.variables().containsKey(SCALE_EMBEDDINGS)) {
            throw unusable(
                    model, SCALE_EMBEDDINGS, "set, since CTranslate2 otherwise scales the embeddings,", "missing");
        }
        for (Map.Entry<String, Variable> entry : model.variables().entrySet()) {
            if (entry.getValue().isNumber()) {
                check(model, entry.getKey(), entry.getValue());
            }
        }
    }

    private static void check(ModelBin model, String name, Variable variable) {
        double value = variable.number();
        switch (name) {
            case "encoder" + HEADS, "decoder" + HEADS, "decoder/alignment_layer", "decoder/alignment_heads" -> {
                // The heads whose attention CTranslate2 returns; word timestamps use a separate list.
            }
            case ACTIVATION -> {
                boolean isGelu = value == ModelBinFormat.GELU
                        || model.revision() < ModelBinFormat.REVISION && value == ModelBinFormat.GELU_BEFORE_REVISION_3;
                if (!isGelu) {
                    throw unusable(model, name, ModelBinFormat.GELU + ", the exact GELU,", value);
                }
            }
            case PRE_NORM -> {
                if (value != 1) {
                    throw unusable(model, name, "1", value);
                }
            }
            case SCALE_EMBEDDINGS -> {
                // A flag, or else the factor.
                if (value != (variable.type() == VariableType.INT8 ? 0 : 1)) {
                    throw unusable(model, name, "an int8 of 0 or a factor of 1", value);
                }
            }
            default -> {
                if (value != 0) {
                    throw unusable(model, ModelBinInput.shown(name), "0, as for every Whisper model,", value);
                }
            }
        }
    }

    private static ModelException unusable(ModelBin model, String name, String expected, Object found) {
        return new ModelException(model.file() + " cannot be used: its attribute '" + name + "' should be " + expected
                + " but is " + found + ". Use another model.");
    }
}
