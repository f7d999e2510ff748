package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Builds a {@code model.bin} byte by byte, independently of the tested code. */
final class ModelBinBuilder {
    static final int FLOAT32 = 0;
    static final int INT8 = 1;
    static final int INT16 = 2;
    static final int FLOAT16 = 4;
    static final int BFLOAT16 = 5;

    private static final int[] TYPE_BYTES = {4, 1, 2, 4, 2, 2};

    private final Map<String, Array> variables = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private int version = 6;
    private int revision = 3;
    private String spec = "WhisperSpec";

    record Array(int type, List<Integer> shape, byte[] data) {}

    /** Returns a builder with the variables of a model as 32-bit floats. */
    static ModelBinBuilder of(Checkpoint checkpoint) {
        ModelBinBuilder builder = new ModelBinBuilder();
        Map<String, Tensor> tensors = checkpoint.tensors();
        ModelDimensions dimensions = checkpoint.dimensions();
        for (String part : List.of("encoder", "decoder")) {
            boolean isDecoder = part.equals("decoder");
            builder.floats(part + "/position_encodings/encodings", tensors, part + ".positional_embedding");
            int layers = isDecoder ? dimensions.nTextLayer() : dimensions.nAudioLayer();
            for (int i = 0; i < layers; i++) {
                String scope = part + "/layer_" + i + "/";
                String block = part + ".blocks." + i + ".";
                builder.norm(scope + "self_attention/layer_norm", tensors, block + "attn_ln");
                builder.floats(
                        scope + "self_attention/linear_0/weight",
                        tensors,
                        block + "attn.query.weight",
                        block + "attn.key.weight",
                        block + "attn.value.weight");
                builder.floats(
                        scope + "self_attention/linear_0/bias",
                        tensors,
                        block + "attn.query.bias",
                        "",
                        block + "attn.value.bias");
                builder.linear(scope + "self_attention/linear_1", tensors, block + "attn.out");
                if (isDecoder) {
                    builder.norm(scope + "attention/layer_norm", tensors, block + "cross_attn_ln");
                    builder.linear(scope + "attention/linear_0", tensors, block + "cross_attn.query");
                    builder.floats(
                            scope + "attention/linear_1/weight",
                            tensors,
                            block + "cross_attn.key.weight",
                            block + "cross_attn.value.weight");
                    builder.floats(scope + "attention/linear_1/bias", tensors, "", block + "cross_attn.value.bias");
                    builder.linear(scope + "attention/linear_2", tensors, block + "cross_attn.out");
                }
                builder.norm(scope + "ffn/layer_norm", tensors, block + "mlp_ln");
                builder.linear(scope + "ffn/linear_0", tensors, block + "mlp.0");
                builder.linear(scope + "ffn/linear_1", tensors, block + "mlp.2");
            }
        }
        builder.linear("encoder/conv1", tensors, "encoder.conv1").linear("encoder/conv2", tensors, "encoder.conv2");
        builder.norm("encoder/layer_norm", tensors, "encoder.ln_post")
                .norm("decoder/layer_norm", tensors, "decoder.ln");
        builder.floats("decoder/embeddings/weight", tensors, "decoder.token_embedding.weight");
        builder.alias("decoder/projection/weight", "decoder/embeddings/weight");
        builder.number("encoder/num_heads", INT16, dimensions.nAudioHead());
        builder.number("decoder/num_heads", INT16, dimensions.nTextHead());
        builder.number("decoder/activation", INT8, 3);
        builder.number("decoder/pre_norm", INT8, 1);
        builder.number("decoder/scale_embeddings", INT8, 0);
        return builder;
    }

    ModelBinBuilder version(int version) {
        this.version = version;
        return this;
    }

    ModelBinBuilder revision(int revision) {
        this.revision = revision;
        return this;
    }

    ModelBinBuilder spec(String spec) {
        this.spec = spec;
        return this;
    }

    ModelBinBuilder put(String name, int type, List<Integer> shape, byte[] data) {
        variables.put(name, new Array(type, shape, data));
        return this;
    }

    /** Sets an integer scalar. */
    ModelBinBuilder number(String name, int type, int value) {
        return put(
                name, type, List.of(), littleEndian(Integer.BYTES).putInt(value).slice(0, TYPE_BYTES[type]));
    }

    /** Sets a floating-point scalar. */
    ModelBinBuilder number(String name, float value) {
        return put(
                name,
                FLOAT32,
                List.of(),
                littleEndian(Float.BYTES).putFloat(value).array());
    }

    ModelBinBuilder remove(String name) {
        variables.remove(name);
        aliases.remove(name);
        return this;
    }

    ModelBinBuilder alias(String alias, String name) {
        aliases.put(alias, name);
        return this;
    }

    Array get(String name) {
        return Objects.requireNonNull(variables.get(name), name);
    }

    byte[] build() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        putInt(bytes, version);
        putText(bytes, spec);
        putInt(bytes, revision);
        putInt(bytes, variables.size());
        variables.forEach((name, array) -> {
            putText(bytes, name);
            bytes.write(array.shape.size());
            array.shape.forEach(size -> putInt(bytes, size));
            bytes.write(array.type);
            putInt(bytes, array.data.length);
            bytes.writeBytes(array.data);
        });
        putInt(bytes, aliases.size());
        aliases.forEach((alias, name) -> {
            putText(bytes, alias);
            putText(bytes, name);
        });
        return bytes.toByteArray();
    }

    private ModelBinBuilder put(String name, int type, List<Integer> shape, ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return put(name, type, shape, bytes);
    }

    private ModelBinBuilder norm(String scope, Map<String, Tensor> tensors, String norm) {
        return floats(scope + "/gamma", tensors, norm + ".weight").floats(scope + "/beta", tensors, norm + ".bias");
    }

    private ModelBinBuilder linear(String scope, Map<String, Tensor> tensors, String layer) {
        return floats(scope + "/weight", tensors, layer + ".weight").floats(scope + "/bias", tensors, layer + ".bias");
    }

    /** Concatenates tensors; an empty name adds as many zeros as the previous tensor has elements. */
    private ModelBinBuilder floats(String name, Map<String, Tensor> tensors, String... parts) {
        Tensor last = Objects.requireNonNull(tensors.get(parts[parts.length - 1]));
        int count = Math.toIntExact(last.elementCount());
        ByteBuffer data = littleEndian(parts.length * count * Float.BYTES);
        for (String part : parts) {
            float[] values = new float[count];
            if (!part.isEmpty()) {
                Objects.requireNonNull(tensors.get(part), part).copyTo(0, values);
            }
            for (float value : values) {
                data.putFloat(value);
            }
        }
        List<Integer> shape = new ArrayList<>(last.shape());
        shape.set(0, parts.length * shape.get(0));
        return put(name, FLOAT32, shape, data.array());
    }

    private static void putInt(ByteArrayOutputStream bytes, int value) {
        bytes.writeBytes(littleEndian(Integer.BYTES).putInt(value).array());
    }

    private static void putText(ByteArrayOutputStream bytes, String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        bytes.writeBytes(
                littleEndian(Short.BYTES).putShort((short) (content.length + 1)).array());
        bytes.writeBytes(content);
        bytes.write(0);
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
