package io.github.whisperspeedtest.mps;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes pickles of protocol 2, as {@code torch.save} does.
 *
 * <p>No memo is used: repeating values costs some bytes and saves a table. Source: Lib/pickletools.py in
 * python/cpython.
 */
final class PickleWriter {
    private static final int PROTOCOL = 2;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Starts a pickle. */
    PickleWriter() {
        bytes.write(0x80);
        bytes.write(PROTOCOL);
    }

    /** Ends the pickle, whose value is the only one left, and returns it. */
    byte[] end() {
        bytes.write('.');
        return bytes.toByteArray();
    }

    /** Pushes a mark: the following values belong together until {@link #tuple} or {@link #setItems}. */
    PickleWriter mark() {
        bytes.write('(');
        return this;
    }

    /** Creates a tuple of all values since the mark. */
    PickleWriter tuple() {
        bytes.write('t');
        return this;
    }

    /** Adds all values since the mark, alternating keys and values, to the dictionary before it. */
    PickleWriter setItems() {
        bytes.write('u');
        return this;
    }

    /** Writes an empty dictionary. */
    PickleWriter dictionary() {
        bytes.write('}');
        return this;
    }

    /** Writes an empty dictionary of the kind in which PyTorch keeps a network's tensors. */
    PickleWriter orderedDictionary() {
        global("collections", "OrderedDict");
        bytes.write(')');
        return call();
    }

    /** Writes the name of a class or function. */
    PickleWriter global(String module, String name) {
        bytes.write('c');
        bytes.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Calls the function before a tuple with the items of the tuple. */
    PickleWriter call() {
        bytes.write('R');
        return this;
    }

    /** Uses the preceding tuple as the id of a persistent object. */
    PickleWriter persistent() {
        bytes.write('Q');
        return this;
    }

    /** Writes {@code False}. */
    PickleWriter no() {
        bytes.write(0x89);
        return this;
    }

    /** Writes a text. */
    PickleWriter text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        bytes.write('X');
        return little(Integer.BYTES, encoded.length, encoded);
    }

    /** Writes an integer that is not negative. */
    PickleWriter number(long number) {
        if (number <= 0xff) {
            bytes.write('K');
            return little(Byte.BYTES, number);
        }
        if (number <= 0xffff) {
            bytes.write('M');
            return little(Short.BYTES, number);
        }
        if (number <= Integer.MAX_VALUE) {
            bytes.write('J');
            return little(Integer.BYTES, number);
        }
        bytes.write(0x8a);
        bytes.write(Long.BYTES);
        return little(Long.BYTES, number);
    }

    private PickleWriter little(int count, long number, byte... behind) {
        byte[] all = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array();
        bytes.write(all, 0, count);
        bytes.writeBytes(behind);
        return this;
    }
}
