package io.github.whisperspeedtest.torch;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The weights of a checkpoint in the type and on the device that the program needs.
 *
 * <p>On the CPU, weights that a file stores in the right type and layout remain mapped; all others are converted one by one.
 */
final class TorchWeights implements AutoCloseable {
    private static final List<String> ENCODER_NORMS = List.of("attn_ln", "mlp_ln");
    private static final List<String> ENCODER_LINEARS =
            List.of("attn.query", "attn.key", "attn.value", "attn.out", "mlp.0", "mlp.2");
    private static final List<String> DECODER_NORMS = List.of("attn_ln", "cross_attn_ln", "mlp_ln");
    private static final List<String> DECODER_LINEARS = List.of(
            "attn.query", "attn.key", "attn.value", "attn.out", "cross_attn.query", "cross_attn.out", "mlp.0", "mlp.2");
    private static final List<String> CROSS_LINEARS = List.of("cross_attn.key", "cross_attn.value");

    private static final String EMBEDDING = "decoder.token_embedding.weight";

    private final TorchProgram program;
    private final Checkpoint checkpoint;
    private final TorchDevice device;
    private final TorchPrecision precision;
    private final PtNDManager manager;
    private final NativeValues values = new NativeValues();

    /** Memory that PyTorch reads but does not own. */
    private final List<ByteBuffer> readInPlace = new ArrayList<>();

    private final PtNDArray like;
    private final IValue nothing;

    final Blocks encoder;
    final Blocks decoder;
    final Linears cross;
    final IValue encoderStem;
    final IValue decoderStem;

    /** The token embedding for computing logits with signed bytes, an empty list otherwise. */
    final IValue packedEmbedding;

    /**
     * The linear layers of some blocks, of which one list holds nothing.
     *
     * @param plain for each block its weights and biases
     * @param packed for each block what computes with signed bytes
     */
    record Linears(IValue plain, IValue packed) {}

    /**
     * Some blocks.
     *
     * @param norms for each block weights and biases
     */
    record Blocks(IValue norms, Linears linears) {}

    /**
     * Loads the weights.
     *
     * @param parent manager of arrays on the wanted device
     */
    TorchWeights(TorchProgram program, Checkpoint checkpoint, TorchOptions options, NDManager parent) {
        this.program = program;
        this.checkpoint = checkpoint;
        device = options.device();
        precision = options.precision();
        manager = (PtNDManager) parent.newSubManager();
        try {
            like = manager.create(new Shape(1), DataType.FLOAT32);
            nothing = values.own(program.call("pack", values.own(IValue.listFrom(new PtNDArray[0]))));
            ModelDimensions dimensions = checkpoint.dimensions();
            WeightLayout layout = precision == TorchPrecision.INT8 ? WeightLayout.ROWS : options.layout();
            encoder = blocks("encoder", dimensions.nAudioLayer(), ENCODER_NORMS, ENCODER_LINEARS, WeightLayout.ROWS);
            decoder = blocks("decoder", dimensions.nTextLayer(), DECODER_NORMS, DECODER_LINEARS, layout);
            cross = linears("decoder", dimensions.nTextLayer(), CROSS_LINEARS, WeightLayout.ROWS);
            encoderStem = list(Stream.of(
                    "encoder.conv1.weight",
                    "encoder.conv1.bias",
                    "encoder.conv2.weight",
                    "encoder.conv2.bias",
                    "encoder.positional_embedding",
                    "encoder.ln_post.weight",
                    "encoder.ln_post.bias"));
            decoderStem = values.own(IValue.listFrom(
                    weight(EMBEDDING, layout),
                    convert("decoder.positional_embedding"),
                    convert("decoder.ln.weight"),
                    convert("decoder.ln.bias")));
            packedEmbedding = precision == TorchPrecision.INT8 ? pack(Stream.of(EMBEDDING)) : nothing;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Blocks blocks(String part, int count, List<String> norms, List<String> linears, WeightLayout layout) {
        IValue[] lists = blockNames(part, count)
                .map(block -> list(norms.stream().flatMap(name -> weightAndBias(block + name))))
                .toArray(IValue[]::new);
        return new Blocks(values.own(IValue.listFrom(lists)), linears(part, count, linears, layout));
    }

    private Linears linears(String part, int count, List<String> names, WeightLayout layout) {
        List<IValue> plain = new ArrayList<>();
        List<IValue> packed = new ArrayList<>();
        blockNames(part, count).forEach(block -> {
            if (precision == TorchPrecision.INT8) {
                PtNDArray[] biases =
                        names.stream().map(name -> bias(block + name)).toArray(PtNDArray[]::new);
                plain.add(values.own(IValue.listFrom(biases)));
                packed.add(pack(names.stream().map(name -> block + name + ".weight")));
            } else {
                PtNDArray[] layers = names.stream()
                        .flatMap(name -> Stream.of(weight(block + name + ".weight", layout), bias(block + name)))
                        .toArray(PtNDArray[]::new);
                plain.add(values.own(IValue.listFrom(layers)));
                packed.add(nothing);
            }
        });
        return new Linears(
                values.own(IValue.listFrom(plain.toArray(new IValue[0]))),
                values.own(IValue.listFrom(packed.toArray(new IValue[0]))));
    }

    private static Stream<String> blockNames(String part, int count) {
        return IntStream.range(0, count).mapToObj(i -> part + ".blocks." + i + ".");
    }

    private static Stream<String> weightAndBias(String layer) {
        return Stream.of(layer + ".weight", layer + ".bias");
    }

    private IValue list(Stream<String> names) {
        return values.own(IValue.listFrom(names.map(this::convert).toArray(PtNDArray[]::new)));
    }

    /** Quantises weights, which are needed no longer then. */
    private IValue pack(Stream<String> names) {
        List<ByteBuffer> memory = new ArrayList<>();
        PtNDArray[] weights = names.map(name -> convert(name, memory)).toArray(PtNDArray[]::new);
        try (IValue list = IValue.listFrom(weights)) {
            return values.own(program.call("pack", list));
        } finally {
            for (PtNDArray weight : weights) {
                weight.close();
            }
            Reference.reachabilityFence(memory);
        }
    }

    /** Returns a layer's bias; keys have none. */
    private PtNDArray bias(String layer) {
        String name = layer + ".bias";
        return checkpoint.tensors().containsKey(name)
                ? convert(name)
                : zeros(checkpoint.tensors().get(layer + ".weight").shape().get(0));
    }

    private PtNDArray zeros(int size) {
        return convert(bytes(new float[size]), DataType.FLOAT32, new Shape(size), readInPlace);
    }

    /** Returns a matrix of a linear layer. */
    private PtNDArray weight(String name, WeightLayout layout) {
        if (layout == WeightLayout.ROWS) {
            return convert(name);
        }
        List<ByteBuffer> memory = new ArrayList<>();
        try (PtNDArray byRows = convert(name, memory);
                NativeValues arguments = new NativeValues()) {
            return arguments
                    .own(program.call("column_major", arguments.own(IValue.from(byRows))))
                    .toTensor(manager);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    private PtNDArray convert(String name) {
        return convert(name, readInPlace);
    }

    /**
     * Converts a tensor.
     *
     * @param keeper gets the memory that PyTorch goes on reading
     */
    private PtNDArray convert(String name, List<ByteBuffer> keeper) {
        Tensor tensor = checkpoint.tensors().get(name);
        Shape shape =
                new Shape(tensor.shape().stream().mapToLong(Integer::longValue).toArray());
        return switch (tensor.type()) {
            case F32 -> convert(tensor.data(), DataType.FLOAT32, shape, keeper);
            case F16 -> convert(tensor.data(), DataType.FLOAT16, shape, keeper);
            // DJL knows no bfloat16, and what has a scale for each row is not what PyTorch takes for a number either.
            case BF16, I8 -> {
                float[] elements = new float[Math.toIntExact(tensor.elementCount())];
                tensor.copyTo(0, elements);
                yield convert(bytes(elements), DataType.FLOAT32, shape, keeper);
            }
        };
    }

    private static ByteBuffer bytes(float[] elements) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(elements.length * Float.BYTES).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(elements);
        return bytes;
    }

    /** Converts elements, or leaves them where they are if that is memory which PyTorch can read as it is. */
    private PtNDArray convert(ByteBuffer elements, DataType type, Shape shape, List<ByteBuffer> keeper) {
        ByteBuffer memory = elements.isDirect()
                ? elements
                : ByteBuffer.allocateDirect(elements.remaining()).put(elements).flip();
        // DJL puts what is made of memory on the device of its manager, and the program converts it there.
        try (PtNDArray given = manager.create(memory.order(ByteOrder.nativeOrder()), shape, type);
                NativeValues arguments = new NativeValues()) {
            IValue converted = arguments.own(program.call(
                    "convert",
                    arguments.own(IValue.from(given)),
                    arguments.of(precision.type().code()),
                    arguments.own(IValue.from(like))));
            if (isReadInPlace(type)) {
                keeper.add(memory);
            }
            return converted.toTensor(manager);
        }
    }

    private boolean isReadInPlace(DataType type) {
        DataType computed = precision.type() == ScalarType.HALF ? DataType.FLOAT16 : DataType.FLOAT32;
        return device == TorchDevice.CPU && precision.type() != ScalarType.BFLOAT16 && type == computed;
    }

    @Override
    public void close() {
        values.close();
        manager.close();
        readInPlace.clear();
    }
}
