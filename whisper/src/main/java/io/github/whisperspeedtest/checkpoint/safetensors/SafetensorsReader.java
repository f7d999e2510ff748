package io.github.whisperspeedtest.checkpoint.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the safetensors format: eight bytes of header length, a JSON header, the tensors' bytes without gaps.
 *
 * <p>All sizes in the header are checked against the file before use, so a damaged or hostile file costs no memory.
 * Format: the README of huggingface/safetensors.
 */
public final class SafetensorsReader {
    private static final int LENGTH_BYTES = 8;

    /** The format's own limit on its header. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final String METADATA = "__metadata__";

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String name;

    private SafetensorsReader(String name) {
        this.name = name;
    }

    /** Where the bytes are. */
    private interface Source {
        ByteBuffer slice(long start, long length) throws IOException;

        /** Makes an array of the bytes from {@code start} on. */
        StoredArray array(Entry entry, long start);
    }

    /** A file, of which only the header is read here. */
    private record FileSource(Path file, FileChannel channel) implements Source {
        @Override
        public ByteBuffer slice(long start, long length) throws IOException {
            return channel.map(MapMode.READ_ONLY, start, length);
        }

        @Override
        public StoredArray array(Entry entry, long start) {
            return StoredArray.inFile(entry.type, entry.shape, new FileRegion(file, start, (int) entry.length()));
        }
    }

    /** A whole file in memory. */
    private record BufferSource(ByteBuffer bytes) implements Source {
        @Override
        public ByteBuffer slice(long start, long length) {
            return bytes.slice((int) start, (int) length);
        }

        @Override
        public StoredArray array(Entry entry, long start) {
            return StoredArray.of(entry.type, entry.shape, slice(start, entry.length()));
        }
    }

    /** One tensor as the header describes it; offsets count from the end of the header. */
    private record Entry(String tensor, String type, List<Integer> shape, long begin, long end) {
        long length() {
            return end - begin;
        }
    }

    /**
     * Returns the tensors of a file by name, in the order of their bytes.
     *
     * <p>Each tensor is mapped while it is used, so nothing is read before. The file must not be changed or shortened while the
     * tensors are in use.
     *
     * @throws ModelException if the file breaks the format, or has elements that are neither F32, F16 nor BF16
     * @throws IOException if the file cannot be read
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        return new SafetensorsReader(file.toString()).tensors(arrays(file));
    }

    /**
     * Returns the arrays of a file by name, in the order of their bytes, whatever their types; they are read as those of {@link
     * #read(Path)} are.
     *
     * @throws ModelException if the file breaks the format
     * @throws IOException if the file cannot be read
     */
    public static Map<String, StoredArray> arrays(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new SafetensorsReader(file.toString()).arrays(channel.size(), new FileSource(file, channel));
        }
    }

    /**
     * Returns the tensors of a buffer by name, in the order of their bytes; they share the buffer's memory.
     *
     * @param name what to call the buffer in messages
     * @param bytes the whole file, from position to limit
     * @throws ModelException if the bytes break the format, or have elements that are neither F32, F16 nor BF16
     */
    public static Map<String, Tensor> read(String name, ByteBuffer bytes) {
        ByteBuffer whole = bytes.slice();
        try {
            SafetensorsReader reader = new SafetensorsReader(name);
            return reader.tensors(reader.arrays(whole.remaining(), new BufferSource(whole)));
        } catch (IOException e) {
            throw new ModelException(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the tensors of a stream by name, in the order of their bytes, all of them on the heap.
     *
     * @param name what to call the stream in messages
     * @throws ModelException if the bytes break the format, or have elements that are neither F32, F16 nor BF16
     * @throws IOException if the stream cannot be read
     */
    public static Map<String, Tensor> read(String name, InputStream stream) throws IOException {
        return read(name, ByteBuffer.wrap(stream.readAllBytes()));
    }

    private Map<String, Tensor> tensors(Map<String, StoredArray> arrays) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arrays.forEach((tensor, array) -> {
            if (array.tensorType().isEmpty()) {
                throw unsupported(tensor, '"' + array.type() + '"', "only F32, F16 and BF16 are supported");
            }
            tensors.put(tensor, array.tensor());
        });
        return tensors;
    }

    private Map<String, StoredArray> arrays(long size, Source source) throws IOException {
        if (size < LENGTH_BYTES) {
            throw damaged("a safetensors file begins with 8 bytes of header length, but it has " + size + " bytes");
        }
        long headerLength =
                source.slice(0, LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        if (headerLength < 2 || headerLength > MAX_HEADER_BYTES) {
            throw damaged("its header should have between 2 and " + MAX_HEADER_BYTES + " bytes, but is said to have "
                    + Long.toUnsignedString(headerLength));
        }
        if (headerLength > size - LENGTH_BYTES) {
            throw damaged("its header is said to have " + headerLength + " bytes, but only " + (size - LENGTH_BYTES)
                    + " follow");
        }
        List<Entry> entries = entries(parse(source.slice(LENGTH_BYTES, headerLength)));
        long dataStart = LENGTH_BYTES + headerLength;
        checkLayout(entries, size - dataStart);

        Map<String, StoredArray> arrays = new LinkedHashMap<>();
        for (Entry entry : entries) {
            arrays.put(entry.tensor, source.array(entry, dataStart + entry.begin));
        }
        return arrays;
    }

    private JsonNode parse(ByteBuffer header) throws IOException {
        byte[] json = new byte[header.remaining()];
        header.get(json);
        if (json[0] != '{') {
            throw damaged("its header should begin with '{', but begins with byte 0x"
                    + Integer.toHexString(Byte.toUnsignedInt(json[0])));
        }
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelException(message("its header is not a valid JSON object: " + e.getOriginalMessage()), e);
        }
    }

    private List<Entry> entries(JsonNode header) {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : header.properties()) {
            if (!property.getKey().equals(METADATA)) {
                entries.add(entry(property.getKey(), property.getValue()));
            }
        }
        // An empty tensor shares its offset with the one behind it and belongs before it.
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        return entries;
    }

    private Entry entry(String tensor, JsonNode description) {
        String type = type(tensor, description.path("dtype"));
        List<Integer> shape = shape(tensor, description.path("shape"));
        JsonNode offsets = description.path("data_offsets");
        if (!offsets.isArray() || offsets.size() != 2) {
            throw damaged("tensor '" + tensor + "' should have two data_offsets, but has " + shown(offsets));
        }
        long begin = offset(tensor, offsets.get(0));
        long end = offset(tensor, offsets.get(1));
        long expected = byteCount(tensor, type, shape);
        if (end < begin || end - begin != expected) {
            throw damaged("tensor '" + tensor + "' of " + type + shape + " needs " + expected
                    + " bytes, but its data_offsets are " + shown(offsets));
        }
        if (expected > Integer.MAX_VALUE) {
            throw new ModelException(name + " cannot be used: tensor '" + tensor + "' has " + expected
                    + " bytes, but one tensor may have at most " + Integer.MAX_VALUE
                    + ". Use the model with 16-bit weights.");
        }
        return new Entry(tensor, type, shape, begin, end);
    }

    private String type(String tensor, JsonNode dtype) {
        if (!dtype.isTextual() || StoredArray.elementBytes(dtype.textValue()).isEmpty()) {
            throw unsupported(tensor, shown(dtype), "that type is unknown");
        }
        return dtype.textValue();
    }

    private ModelException unsupported(String tensor, String type, String reason) {
        return new ModelException(name + " cannot be used: tensor '" + tensor + "' has elements of type " + type
                + ", but " + reason + ". Use a model that is not quantized.");
    }

    private List<Integer> shape(String tensor, JsonNode shape) {
        if (!shape.isArray()) {
            throw damaged("tensor '" + tensor + "' should have a list as its shape, but has " + shown(shape));
        }
        List<Integer> sizes = new ArrayList<>();
        for (JsonNode size : shape) {
            if (!size.isInt() || size.intValue() < 0) {
                throw damaged("tensor '" + tensor + "' should have sizes from 0 to " + Integer.MAX_VALUE
                        + " in its shape, but has " + shown(shape));
            }
            sizes.add(size.intValue());
        }
        return sizes;
    }

    private long offset(String tensor, JsonNode offset) {
        if (!offset.isIntegralNumber() || !offset.canConvertToLong() || offset.longValue() < 0) {
            throw damaged(
                    "tensor '" + tensor + "' should have numbers from 0 on as data_offsets, but has " + shown(offset));
        }
        return offset.longValue();
    }

    private long byteCount(String tensor, String type, List<Integer> shape) {
        try {
            return StoredArray.byteCount(type, shape);
        } catch (ArithmeticException e) {
            throw new ModelException(
                    message("tensor '" + tensor + "' of shape " + shape + " has too many elements to count"), e);
        }
    }

    private void checkLayout(List<Entry> entries, long dataLength) {
        long position = 0;
        for (Entry entry : entries) {
            if (entry.begin != position) {
                throw damaged("tensor '" + entry.tensor + "' should begin at offset " + position
                        + ", where the one before it ends, but begins at " + entry.begin);
            }
            if (entry.end > dataLength) {
                throw damaged("tensor '" + entry.tensor + "' ends at offset " + entry.end + ", but the file has only "
                        + dataLength + " bytes of tensors");
            }
            position = entry.end;
        }
        if (position != dataLength) {
            throw damaged("its tensors should fill " + dataLength + " bytes, but fill " + position);
        }
    }

    private static String shown(JsonNode node) {
        String text = node.isMissingNode() ? "none" : node.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    private ModelException damaged(String offence) {
        return new ModelException(message(offence));
    }

    private String message(String offence) {
        return name + " is damaged: " + offence + ". Download the model again.";
    }
}
