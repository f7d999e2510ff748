package io.github.whisperspeedtest.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;

/** The storage type of the linear layers' weights, and the arithmetic that follows from it. */
public enum Precision {
    /** 32-bit floating point throughout. */
    FLOAT32("float32"),
    /** 16-bit weights and activations in the encoder, for providers that compute with them. */
    FLOAT16("float16"),
    /**
     * Signed bytes with one scale per output row, as CTranslate2 stores them; what they are multiplied with is quantised as the
     * network runs, each row of it by itself.
     */
    INT8("int8"),
    /** Bytes with a scale for each block of 32 along the input. */
    BLOCKWISE_8("int8-blockwise"),
    /** Four bits with a scale for each block of 32 along the input. */
    BLOCKWISE_4("int4-blockwise"),
    /** Groups of small numbers as the checkpoint has them, multiplied with 32-bit floats; all other weights in 32-bit floats. */
    AS_STORED("as-stored"),
    /**
     * As {@link #AS_STORED}, but what the decoder multiplies the groups with is quantised to bytes as the network runs, group by group.
     * The encoder would not gain from that: for as many rows as it has, the runtime is faster with floats.
     */
    AS_STORED_INT8("as-stored-int8");

    private final String label;

    Precision(String label) {
        this.label = label;
    }

    /** Returns the name for users. */
    public String label() {
        return label;
    }

    /** Returns the type of the encoder's activations. */
    public TensorProto.DataType encoderType() {
        return this == FLOAT16 ? TensorProto.DataType.FLOAT16 : TensorProto.DataType.FLOAT;
    }

    /** Returns the type of the cross-attention's keys and values that suits the precision. */
    public CrossAttentionType crossAttention() {
        return this == INT8 ? CrossAttentionType.INT8 : CrossAttentionType.FLOAT32;
    }

    public LinearLayers encoderLayers() {
        return switch (this) {
            case FLOAT32, FLOAT16 -> FloatLayers.ofRows(encoderType());
            case INT8 -> new RowQuantizedLayers();
            case BLOCKWISE_8 -> BlockwiseLayers.ofBlocks(8);
            case BLOCKWISE_4 -> BlockwiseLayers.ofBlocks(4);
            case AS_STORED, AS_STORED_INT8 -> GroupedLayers.ofRows(GroupedLayers.Arithmetic.FLOAT);
        };
    }

    LinearLayers decoderLayers() {
        return switch (this) {
            case FLOAT32, FLOAT16 -> FloatLayers.ofSequences();
            case INT8 -> BlockwiseLayers.ofRows();
            case BLOCKWISE_8 -> BlockwiseLayers.ofBlocks(8);
            case BLOCKWISE_4 -> BlockwiseLayers.ofBlocks(4);
            case AS_STORED -> GroupedLayers.ofSequences(GroupedLayers.Arithmetic.FLOAT);
            case AS_STORED_INT8 -> GroupedLayers.ofSequences(GroupedLayers.Arithmetic.INT8);
        };
    }
}
