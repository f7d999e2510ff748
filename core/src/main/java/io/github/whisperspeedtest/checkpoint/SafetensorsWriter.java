package io.github.whisperspeedtest.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Writes the safetensors format, which {@link SafetensorsReader} describes. */
public final class SafetensorsWriter {
    /** The data begin at a multiple of this, as the format's own writer sees to. */
    private static final int ALIGNMENT = 8;

    private static final ObjectMapper JSON = new ObjectMapper();

    private SafetensorsWriter() {}

    /**
     * Writes a file that does not exist yet, the tensors in the map's order.
     *
     * @param type type of all elements in the file, {@link DataType#F32} or {@link DataType#F16}
     * @throws IOException if the disk fails
     */
    public static void write(Path file, Map<String, Tensor> tensors, DataType type) throws IOException {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        // Without it, transformers takes the file for one of another framework.
        header.putObject("__metadata__").put("format", "pt");
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            long end = offset + tensor.elementCount() * type.bytes();
            ObjectNode description = header.putObject(entry.getKey()).put("dtype", type.name());
            tensor.shape().forEach(description.putArray("shape")::add);
            description.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer start = start(JSON.writeValueAsBytes(header));
            while (start.hasRemaining()) {
                channel.write(start);
            }
            for (Tensor tensor : tensors.values()) {
                ElementWriter.write(tensor, type, channel);
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
