package io.github.whisperspeedtest.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds an ONNX model node by node.
 *
 * <p>A value has the name of the node that produces it, so the graph is readable in a viewer. Small constants are
 * stored in the proto; weights are external initializers: regions of files in {@link #folder()}, or the bytes in
 * {@link #buffers()}.
 */
public final class GraphBuilder {
    /** The operator set that contains all nodes used here and that ONNX Runtime's graph optimizer supports best. */
    private static final int OPSET = 17;

    private static final int IR_VERSION = 8;
    private static final String CONTRIB_DOMAIN = "com.microsoft";

    private final GraphProto.Builder graph;
    private final Map<String, Weight> buffers = new LinkedHashMap<>();
    private final Map<String, Weight> blocks = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private @Nullable Path folder;

    public GraphBuilder(String name) {
        graph = GraphProto.newBuilder().setName(name);
    }

    /**
     * A weight in native memory.
     *
     * @param type element type
     * @param shape size of each dimension
     * @param data the elements, in native memory
     */
    public record Weight(TensorProto.DataType type, List<Long> shape, ByteBuffer data) {}

    /** Declares an input. A dimension is a number, or a name if it changes from run to run. */
    public String input(String name, TensorProto.DataType type, Object... shape) {
        graph.addInput(valueInfo(name, type, shape));
        return name;
    }

    /** Declares an output produced by a node. */
    public void output(String name, TensorProto.DataType type, Object... shape) {
        graph.addOutput(valueInfo(name, type, shape));
    }

    /** Adds a node with a standard ONNX operator and one output, named like the node. */
    public String node(String operator, String name, List<String> inputs, AttributeProto... attributes) {
        return node("", operator, name, inputs, List.of(name), attributes).get(0);
    }

    /** Adds a node with an ONNX Runtime operator and one output, named like the node. */
    public String contrib(String operator, String name, List<String> inputs, AttributeProto... attributes) {
        return node(CONTRIB_DOMAIN, operator, name, inputs, List.of(name), attributes)
                .get(0);
    }

    /** Adds a node with any number of outputs. An empty name omits an output. */
    public List<String> contrib(
            String operator, String name, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        return node(CONTRIB_DOMAIN, operator, name, inputs, outputs, attributes);
    }

    /** Adds a node with a standard ONNX operator and any number of outputs. */
    public List<String> node(
            String operator, String name, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        return node("", operator, name, inputs, outputs, attributes);
    }

    private List<String> node(
            String domain,
            String operator,
            String name,
            List<String> inputs,
            List<String> outputs,
            AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setDomain(domain)
                .setOpType(operator)
                .setName(name)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(List.of(attributes)));
        return outputs;
    }

    /** Adds a constant integer vector, such as a shape or indices. */
    public String constant(String name, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        graph.addInitializer(tensor);
        return name;
    }

    /** Adds a scalar constant. */
    public String scalar(String name, float value, TensorProto.DataType type) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (type == TensorProto.DataType.FLOAT16) {
            bytes.putShort(HalfFloats.fromFloat(value));
        } else {
            bytes.putFloat(value);
        }
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .setRawData(ByteString.copyFrom(bytes.flip())));
        return name;
    }

    /** Adds a constant vector of signed bytes. */
    String bytes(String name, byte[] values) {
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT8.getNumber())
                .addDims(values.length)
                .setRawData(ByteString.copyFrom(values)));
        return name;
    }

    /** Adds a constant tensor of 32-bit floats without elements. */
    String empty(String name, long... shape) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
        for (long size : shape) {
            tensor.addDims(size);
        }
        graph.addInitializer(tensor.setRawData(ByteString.EMPTY));
        return name;
    }

    /**
     * Adds a node that runs one of two graphs, which may use all values of this graph and have no weights of their own.
     *
     * @param condition a Boolean scalar
     * @param outputs names of the values that either graph produces, in the order of its outputs
     * @param then runs if the condition is true
     * @param otherwise runs if the condition is false
     */
    List<String> choice(
            String name, String condition, List<String> outputs, GraphBuilder then, GraphBuilder otherwise) {
        return node(
                "If", name, List.of(condition), outputs, branch("then_branch", then), branch("else_branch", otherwise));
    }

    private static AttributeProto branch(String name, GraphBuilder branch) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(branch.graph)
                .build();
    }

    /** Adds a weight outside the proto, in native memory. */
    public String weight(String name, TensorProto.DataType type, List<Long> shape, ByteBuffer data) {
        // The location is never used: the session receives the bytes themselves.
        addExternal(name, type, shape, name, 0, data.remaining());
        buffers.put(name, new Weight(type, shape, data));
        return name;
    }

    /**
     * Adds a tensor as a weight. The runtime maps it from its file, which costs no memory besides its packed form, or
     * receives the bytes if it is not in a file.
     *
     * @param type type of the elements in the graph
     */
    public String weight(String name, TensorProto.DataType type, Tensor tensor) {
        List<Long> shape = WeightBuffers.longs(tensor.shape());
        // Arrays in numpy's archives may be unaligned, and the runtime requires aligned numbers.
        boolean isAligned = tensor.region()
                .map(region -> region.offset() % tensor.type().bytes() == 0)
                .orElse(true);
        if (!isAligned) {
            return weight(name, type, shape, WeightBuffers.copy(tensor.data()));
        }
        Optional<FileRegion> region = tensor.region().filter(this::isInFolder);
        if (region.isEmpty()) {
            return weight(name, type, shape, WeightBuffers.direct(tensor.data()));
        }
        return weight(name, type, shape, region.get());
    }

    /** Adds a weight that the runtime maps from its file. */
    private String weight(String name, TensorProto.DataType type, List<Long> shape, FileRegion region) {
        String file = realPath(region.file()).getFileName().toString();
        addExternal(name, type, shape, file, region.offset(), region.length());
        return name;
    }

    /**
     * Adds blocks of packed unsigned numbers, which the runtime repacks if it has a kernel for them.
     *
     * @param data the bytes, in native memory that is used for nothing else
     */
    public String blocks(String name, List<Long> shape, ByteBuffer data) {
        weight(name, TensorProto.DataType.UINT8, shape, data);
        blocks.put(name, buffers.get(name));
        return name;
    }

    /** Adds the blocks of an array, mapped from its file if it is in one. */
    public String blocks(String name, List<Long> shape, StoredArray array) {
        Optional<FileRegion> region = array.region().filter(this::isInFolder);
        return region.isPresent()
                ? weight(name, TensorProto.DataType.UINT8, shape, region.get())
                : blocks(name, shape, WeightBuffers.copy(array.data()));
    }

    private void addExternal(
            String name, TensorProto.DataType type, List<Long> shape, String location, long offset, long length) {
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(shape)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(length))));
    }

    /**
     * The runtime resolves links and looks for all files of a graph in one folder; weights from other folders are
     * passed as bytes.
     */
    private boolean isInFolder(FileRegion region) {
        Path parent = realPath(region.file()).getParent();
        if (folder == null) {
            folder = parent;
        }
        return parent.equals(folder);
    }

    private static Path realPath(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new ModelException(file + " cannot be read: " + e.getMessage() + ". Check the disk and the file.", e);
        }
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    /** Adds metadata for readers of the model. */
    public void metadata(String key, String value) {
        metadata.put(key, value);
    }

    /** Returns the name of the graph. */
    public String name() {
        return graph.getName();
    }

    /** Returns the folder of the files from which weights are mapped, null if there are none. */
    @Nullable
    public Path folder() {
        return folder;
    }

    /** Returns the weights in native memory, by name. */
    public Map<String, Weight> buffers() {
        return buffers;
    }

    /** Returns the weights in native memory that are blocks of numbers, by name. */
    public Map<String, Weight> blocks() {
        return blocks;
    }

    /** Returns the model. */
    public ModelProto build() {
        ModelProto.Builder model = ModelProto.newBuilder();
        metadata.forEach((key, value) -> model.addMetadataProps(entry(key, value)));
        return model.setIrVersion(IR_VERSION)
                .setProducerName("whisper-speedtest")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .addOpsetImport(OperatorSetIdProto.newBuilder()
                        .setDomain(CONTRIB_DOMAIN)
                        .setVersion(1))
                .setGraph(graph)
                .build();
    }

    public static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    public static AttributeProto attribute(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    public static AttributeProto vector(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private static ValueInfoProto valueInfo(String name, TensorProto.DataType type, Object... shape) {
        List<TensorShapeProto.Dimension> dimensions = new ArrayList<>();
        for (Object size : shape) {
            TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
            if (size instanceof String symbol) {
                dimension.setDimParam(symbol);
            } else {
                dimension.setDimValue(((Number) size).longValue());
            }
            dimensions.add(dimension.build());
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(TensorShapeProto.newBuilder().addAllDim(dimensions))))
                .build();
    }
}
