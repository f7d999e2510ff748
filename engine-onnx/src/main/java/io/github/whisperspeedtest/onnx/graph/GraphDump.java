package io.github.whisperspeedtest.onnx.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.error.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes a graph to disk in a form that any ONNX tool can open: {@code name.onnx}, with all weights in
 * {@code name.weights} beside it.
 */
public final class GraphDump {
    private GraphDump() {}

    /**
     * Writes a graph, over one of the same name.
     *
     * @throws EngineException if the disk fails
     */
    public static void write(GraphBuilder graph, Path directory) {
        String weightsName = graph.name() + ".weights";
        try {
            Files.createDirectories(directory);
            ModelProto.Builder model = graph.build().toBuilder();
            try (FileChannel weights = FileChannel.open(
                    directory.resolve(weightsName),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
                    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
                        long offset = weights.position();
                        long length = append(graph, tensor, weights);
                        tensor.clearExternalData();
                        tensor.addExternalData(entry("location", weightsName));
                        tensor.addExternalData(entry("offset", Long.toString(offset)));
                        tensor.addExternalData(entry("length", Long.toString(length)));
                    }
                }
            }
            Files.write(directory.resolve(graph.name() + ".onnx"), model.build().toByteArray());
        } catch (IOException e) {
            throw new EngineException(
                    "Cannot write the graph " + graph.name() + " to " + directory + ": " + e.getMessage()
                            + ". Choose a writable directory with enough free space.",
                    e);
        }
    }

    private static long append(GraphBuilder graph, TensorProto.Builder tensor, FileChannel weights) throws IOException {
        GraphBuilder.Weight buffer = graph.buffers().get(tensor.getName());
        if (buffer != null) {
            ByteBuffer bytes = buffer.data().duplicate();
            long length = bytes.remaining();
            while (bytes.hasRemaining()) {
                weights.write(bytes);
            }
            return length;
        }
        Map<String, String> place = new HashMap<>();
        tensor.getExternalDataList().forEach(entry -> place.put(entry.getKey(), entry.getValue()));
        Path file = graph.folder().resolve(place.get("location"));
        long offset = Long.parseLong(place.get("offset"));
        long length = Long.parseLong(place.get("length"));
        try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long done = 0; done < length; ) {
                long count = source.transferTo(offset + done, length - done, weights);
                if (count <= 0) {
                    throw new IOException(file + " became shorter");
                }
                done += count;
            }
        }
        return length;
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
