package io.github.whisperspeedtest.testing;

import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Builds numpy archives, valid or not. */
public final class NpzBuilder {
    private static final Map<String, String> DESCRIPTIONS = Map.of(
            "F32", "<f4", "F16", "<f2", "BF16", "<V2", "U32", "<u4", "U64", "<u8", "I32", "<i4", "I64", "<i8", "U8",
            "|u1", "I8", "|i1");

    private final ZipBuilder zip = new ZipBuilder();

    /** Adds an array with numpy's header. */
    public NpzBuilder add(String name, StoredArray array) {
        ByteBuffer data = array.data();
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return add(
                name,
                header(Objects.requireNonNull(DESCRIPTIONS.get(array.type()), array.type()), false, array.shape()),
                bytes);
    }

    /** Adds an array with a header of version 1, padded to the required length. */
    public NpzBuilder add(String name, String header, byte... data) {
        return add(name, 1, header, data);
    }

    /** Adds an array with a header of any version. */
    public NpzBuilder add(String name, int version, String header, byte... data) {
        return addEntry(name + ".npy", npy(version, header, data));
    }

    /** Adds any entry. */
    public NpzBuilder addEntry(String name, byte[] content) {
        zip.add(name, content);
        return this;
    }

    /** Returns the archive. */
    public ZipBuilder.Archive build() {
        return zip.build();
    }

    /** Returns a header as numpy writes it. */
    public static String header(String descr, boolean isFortranOrder, List<Integer> shape) {
        StringBuilder sizes = new StringBuilder();
        shape.forEach(
                size -> sizes.append(sizes.isEmpty() ? "" : " ").append(size).append(','));
        if (shape.size() > 1) {
            sizes.setLength(sizes.length() - 1);
        }
        return "{'descr': '" + descr + "', 'fortran_order': " + (isFortranOrder ? "True" : "False") + ", 'shape': ("
                + sizes + "), }";
    }

    /** Returns an array's file, whose data begin at a multiple of 64 as numpy's do. */
    public static byte[] npy(int version, String header, byte... data) {
        int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
        int headerBytes = header.length() + 1;
        headerBytes += -(8 + lengthBytes + headerBytes) & 63;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        bytes.write(
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(headerBytes)
                        .array(),
                0,
                lengthBytes);
        bytes.writeBytes(header.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(" ".repeat(headerBytes - header.length() - 1).getBytes(StandardCharsets.US_ASCII));
        bytes.write('\n');
        bytes.writeBytes(data);
        return bytes.toByteArray();
    }
}
