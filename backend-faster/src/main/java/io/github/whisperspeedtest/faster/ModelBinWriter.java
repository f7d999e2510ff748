package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.error.ModelException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a {@code model.bin}, as {@link ModelBin} describes it, of variables that are made as they are written. */
final class ModelBinWriter {
    private static final long MAX_LENGTH = (1L << 32) - 1;

    private final Map<String, Item> variables = new TreeMap<>();
    private final Map<String, String> aliases = new TreeMap<>();

    /** Writes the elements of a variable. */
    interface Content {
        void writeTo(OutputStream stream) throws IOException;
    }

    private record Item(VariableType type, List<Integer> shape, Content content) {
        long length() {
            long elements = 1;
            for (int size : shape) {
                elements *= size;
            }
            return elements * type.bytes();
        }
    }

    /** Adds an array; contents are written in the order of the names. */
    void addArray(String name, VariableType type, List<Integer> shape, Content content) {
        variables.put(name, new Item(type, List.copyOf(shape), content));
    }

    void addByte(String name, int value) {
        addArray(name, VariableType.INT8, List.of(), stream -> stream.write(value));
    }

    void addShort(String name, int value) {
        addArray(name, VariableType.INT16, List.of(), stream -> {
            stream.write(value);
            stream.write(value >> Byte.SIZE);
        });
    }

    void addAlias(String alias, String name) {
        aliases.put(alias, name);
    }

    /** Writes a file that does not exist yet. */
    void write(Path file) throws IOException {
        try (OutputStream stream =
                new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW), 1 << 16)) {
            putInt(stream, ModelBinFormat.BINARY_VERSION);
            putText(stream, ModelBinFormat.SPEC);
            putInt(stream, ModelBinFormat.REVISION);
            putInt(stream, variables.size());
            for (Map.Entry<String, Item> entry : variables.entrySet()) {
                put(stream, entry.getKey(), entry.getValue(), file);
            }
            putInt(stream, aliases.size());
            for (Map.Entry<String, String> entry : aliases.entrySet()) {
                putText(stream, entry.getKey());
                putText(stream, entry.getValue());
            }
        }
    }

    private static void put(OutputStream stream, String name, Item item, Path file) throws IOException {
        if (item.length() > MAX_LENGTH) {
            throw new ModelException(file + " cannot be written: variable '" + name + "' has " + item.length()
                    + " bytes, but CTranslate2 takes at most " + MAX_LENGTH + ". Write the model as float16.");
        }
        putText(stream, name);
        stream.write(item.shape.size());
        for (int size : item.shape) {
            putInt(stream, size);
        }
        stream.write(item.type.ordinal());
        putInt(stream, (int) item.length());
        item.content.writeTo(stream);
    }

    private static void putInt(OutputStream stream, int value) throws IOException {
        stream.write(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private static void putText(OutputStream stream, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        stream.write(bytes.length + 1);
        stream.write(bytes.length + 1 >> Byte.SIZE);
        stream.write(bytes);
        stream.write(0);
    }
}
