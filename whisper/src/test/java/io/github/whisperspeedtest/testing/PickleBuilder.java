package io.github.whisperspeedtest.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Builds pickles, valid or not. */
public final class PickleBuilder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Returns an empty pickle of protocol 2. */
    public static PickleBuilder start() {
        return new PickleBuilder().op("\u0080\u0002");
    }

    /** Returns the start of an OpenAI checkpoint, up to the dictionary of tensors, which {@link #endCheckpoint} ends. */
    public static PickleBuilder checkpoint() {
        return start().op("}(").text("model_state_dict").op("}(");
    }

    /** Ends a {@link #checkpoint}. */
    public byte[] endCheckpoint() {
        return op("uu").end();
    }

    /** Appends opcodes, each a character up to U+00FF. */
    public PickleBuilder op(String opcodes) {
        bytes.writeBytes(opcodes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Repeats opcodes. */
    public PickleBuilder times(int count, String opcodes) {
        return op(opcodes.repeat(count));
    }

    /** Appends a four-byte operand. */
    public PickleBuilder int32(int number) {
        bytes.writeBytes(little(Integer.BYTES).putInt(number).array());
        return this;
    }

    /** Appends an eight-byte operand. */
    public PickleBuilder int64(long number) {
        bytes.writeBytes(little(Long.BYTES).putLong(number).array());
        return this;
    }

    /** Appends a text. */
    public PickleBuilder text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        op("X").int32(encoded.length);
        bytes.writeBytes(encoded);
        return this;
    }

    /** Appends an integer. */
    public PickleBuilder number(long number) {
        return op("\u008a\u0008").int64(number);
    }

    /** Appends a tuple of integers. */
    public PickleBuilder tuple(long... numbers) {
        op("(");
        for (long number : numbers) {
            number(number);
        }
        return op("t");
    }

    /** Appends the name of a class or function. */
    public PickleBuilder global(String module, String name) {
        return op("c" + module + "\n" + name + "\n");
    }

    /** Appends an empty ordered dictionary. */
    public PickleBuilder orderedDictionary() {
        return global("collections", "OrderedDict").op(")R");
    }

    /** Appends a storage. */
    public PickleBuilder storage(String type, String key, long count) {
        return op("(").text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .number(count)
                .op("tQ");
    }

    /** Appends a tensor of half-precision numbers that fills its storage. */
    public PickleBuilder tensor(String key, List<Integer> shape) {
        long[] sizes = shape.stream().mapToLong(Integer::longValue).toArray();
        long[] strides = new long[sizes.length];
        long count = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            strides[i] = count;
            count *= sizes[i];
        }
        return tensor("HalfStorage", key, count, 0, sizes, strides);
    }

    /** Appends a tensor. */
    public PickleBuilder tensor(String type, String key, long count, long offset, long[] sizes, long[] strides) {
        global("torch._utils", "_rebuild_tensor_v2").op("(").storage(type, key, count);
        return number(offset)
                .tuple(sizes)
                .tuple(strides)
                .op("\u0089")
                .orderedDictionary()
                .op("tR");
    }

    /** Ends the pickle. */
    public byte[] end() {
        return op(".").bytes();
    }

    /** Returns the current bytes. */
    public byte[] bytes() {
        return bytes.toByteArray();
    }

    private static ByteBuffer little(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }
}
