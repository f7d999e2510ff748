package io.github.whisperspeedtest.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/** Builds zip archives with the layout of {@code torch.save}, and changes any field of them. */
public final class ZipBuilder {
    private static final int LOCAL_HEADER_BYTES = 30;
    private static final int CENTRAL_HEADER_BYTES = 46;
    private static final int END_BYTES = 22;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(byte[] name, int start, int size, int crc) {}

    /**
     * An archive.
     *
     * @param bytes the whole file, not a copy
     * @param locals positions of the local headers
     * @param centrals positions of the directory entries
     * @param end position of the end of the directory
     */
    public record Archive(byte[] bytes, List<Integer> locals, List<Integer> centrals, int end) {
        /** Writes a 16-bit number at a position. */
        public Archive short16(int at, int value) {
            buffer().putShort(at, (short) value);
            return this;
        }

        /** Writes a 32-bit number at a position. */
        public Archive int32(int at, long value) {
            buffer().putInt(at, (int) value);
            return this;
        }

        /** Returns the 32-bit number at a position. */
        public int int32(int at) {
            return buffer().getInt(at);
        }

        private ByteBuffer buffer() {
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** Returns the archive that PyTorch writes for a pickle and storages with the keys 0, 1 and so on. */
    public static Archive torch(byte[] pickle, byte[]... storages) {
        ZipBuilder builder = new ZipBuilder().add("archive/data.pkl", pickle).add("archive/byteorder", "little");
        for (int i = 0; i < storages.length; i++) {
            builder.add(String.format(Locale.ROOT, "archive/data/%d", i), storages[i]);
        }
        return builder.add("archive/version", "3\n").build();
    }

    /** Writes such an archive. */
    public static Path write(Path file, byte[] pickle, byte[]... storages) throws IOException {
        return Files.write(file, torch(pickle, storages).bytes());
    }

    /** Adds an entry. */
    public ZipBuilder add(String name, String content) {
        return add(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds an entry. */
    public ZipBuilder add(String name, byte[] content) {
        byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
        CRC32 crc = new CRC32();
        crc.update(content);
        Entry entry = new Entry(encoded, bytes.size(), content.length, (int) crc.getValue());
        entries.add(entry);
        bytes.writeBytes(buffer(LOCAL_HEADER_BYTES)
                .putInt(0x04034b50)
                .position(14)
                .putInt(entry.crc)
                .putInt(content.length)
                .putInt(content.length)
                .putShort((short) encoded.length)
                .array());
        bytes.writeBytes(encoded);
        bytes.writeBytes(content);
        return this;
    }

    /** Returns the archive. */
    public Archive build() {
        int start = bytes.size();
        List<Integer> centrals = new ArrayList<>();
        for (Entry entry : entries) {
            centrals.add(bytes.size());
            bytes.writeBytes(buffer(CENTRAL_HEADER_BYTES)
                    .putInt(0x02014b50)
                    .position(16)
                    .putInt(entry.crc)
                    .putInt(entry.size)
                    .putInt(entry.size)
                    .putShort((short) entry.name.length)
                    .putInt(42, entry.start)
                    .array());
            bytes.writeBytes(entry.name);
        }
        int end = bytes.size();
        bytes.writeBytes(buffer(END_BYTES)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) entries.size())
                .putShort((short) entries.size())
                .putInt(end - start)
                .putInt(start)
                .array());
        return new Archive(
                bytes.toByteArray(), entries.stream().map(Entry::start).toList(), centrals, end);
    }

    private static ByteBuffer buffer(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }
}
