package io.github.whisperspeedtest.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds zip archives, also such as no honest program writes. */
final class TestArchive {
    private static final int CENTRAL_HEADER = 0x02014b50;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ZipOutputStream zip = new ZipOutputStream(bytes);

    /** Returns a compiled Core ML model in a directory of the given name. */
    static TestArchive encoder(String name, byte[] weights) throws IOException {
        return new TestArchive()
                .directory(name + "/")
                .file(name + "/coremldata.bin", "data".getBytes(StandardCharsets.UTF_8))
                .file(name + "/model.mil", "program(1.0)".getBytes(StandardCharsets.UTF_8))
                .directory(name + "/weights/")
                .file(name + "/weights/weight.bin", weights);
    }

    TestArchive directory(String name) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.closeEntry();
        return this;
    }

    TestArchive file(String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
        return this;
    }

    byte[] build() throws IOException {
        zip.close();
        return bytes.toByteArray();
    }

    /** Sets the Unix type and permissions of an entry, such as those of a link. */
    static void setMode(byte[] archive, String name, int mode) {
        put(archive, name, 38, mode << 16);
    }

    /** Sets the unpacked size that the directory of the archive states for an entry. */
    static void setSize(byte[] archive, String name, int size) {
        put(archive, name, 24, size);
    }

    private static void put(byte[] archive, String name, int field, int value) {
        ByteBuffer buffer = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at + 46 + wanted.length <= archive.length; at++) {
            if (buffer.getInt(at) == CENTRAL_HEADER
                    && buffer.getShort(at + 28) == wanted.length
                    && Arrays.equals(Arrays.copyOfRange(archive, at + 46, at + 46 + wanted.length), wanted)) {
                buffer.putInt(at + field, value);
                return;
            }
        }
        throw new AssertionError("no entry " + name);
    }
}
