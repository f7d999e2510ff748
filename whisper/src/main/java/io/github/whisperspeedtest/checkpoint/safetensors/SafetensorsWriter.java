package io.github.whisperspeedtest.checkpoint.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.ElementWriter;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the safetensors format, which {@link SafetensorsReader} describes. */
public final class SafetensorsWriter {
    /** The data begin at a multiple of this, as the format's own writer sees to. */
    private static final int ALIGNMENT = 8;

    private static final ObjectMapper JSON = new ObjectMapper();

    private SafetensorsWriter() {}

    /**
     * An array, which is made as it is written.
     *
     * @param type what the format calls the type of its elements, such as {@code U32}
     * @param shape size of each dimension
     * @param content writes exactly the elements, little-endian
     */
    public record Array(String type, List<Integer> shape, Content content) {
        /** Copies the shape. */
        public Array {
            shape = List.copyOf(shape);
        }

        private long length() {
            return StoredArray.byteCount(type, shape);
        }
    }

    /** Writes the elements of an array. */
    public interface Content {
        /** Writes all of them. */
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    /**
     * Writes a file that does not exist yet, the tensors in the map's order.
     *
     * @param type type of all elements in the file, {@link DataType#F32} or {@link DataType#F16}
     * @throws IOException if the disk fails
     */
    public static void write(Path file, Map<String, Tensor> tensors, DataType type) throws IOException {
        Map<String, Array> arrays = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> arrays.put(
                name, new Array(type.name(), tensor.shape(), channel -> ElementWriter.write(tensor, type, channel))));
        // Without it, transformers takes the file for one of another framework.
        write(file, "pt", arrays);
    }

    /**
     * Writes a file that does not exist yet, the arrays in the map's order, one after the other.
     *
     * @param format name of the framework that the file is for
     * @throws IllegalStateException if an array's content is shorter or longer than its shape
     * @throws IOException if the disk fails
     */
    public static void write(Path file, String format, Map<String, Array> arrays) throws IOException {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        header.putObject("__metadata__").put("format", format);
        long offset = 0;
        for (Map.Entry<String, Array> entry : arrays.entrySet()) {
            Array array = entry.getValue();
            long end = offset + array.length();
            ObjectNode description = header.putObject(entry.getKey()).put("dtype", array.type);
            array.shape.forEach(description.putArray("shape")::add);
            description.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer start = start(JSON.writeValueAsBytes(header));
            ElementWriter.writeAll(start, channel);
            for (Map.Entry<String, Array> entry : arrays.entrySet()) {
                long end = channel.position() + entry.getValue().length();
                entry.getValue().content.writeTo(channel);
                if (channel.position() != end) {
                    throw new IllegalStateException("Array '" + entry.getKey() + "' should end at byte " + end + " of "
                            + file + ", but ends at " + channel.position());
                }
            }
        }
    }

    private static ByteBuffer start(byte[] header) {
        int padding = -header.length & ALIGNMENT - 1;
        ByteBuffer start =
                ByteBuffer.allocate(Long.BYTES + header.length + padding).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(header.length + padding).put(header);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        return start.flip();
    }
}
