package io.github.whisperspeedtest.onnx.graph;

/** The storage type of the keys and values of the cross-attention, which a decoder reads for every token. */
public enum CrossAttentionType {
    /** 32-bit floats for all steps. */
    FLOAT32("float32"),
    /**
     * Signed bytes for steps of one token for each window, 32-bit floats for all other steps.
     *
     * <p>Each channel of a window has its own scale, so a window's result does not depend on the other windows. Queries and
     * attention weights stay 32-bit floats.
     */
    INT8("int8");

    private final String label;

    CrossAttentionType(String label) {
        this.label = label;
    }

    /** Returns the name for users. */
    public String label() {
        return label;
    }
}
