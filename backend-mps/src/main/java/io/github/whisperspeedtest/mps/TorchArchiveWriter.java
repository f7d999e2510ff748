package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.error.ModelException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a zip archive like {@code torch.save}: uncompressed, with each entry's bytes aligned to 64 so that they can be
 * mapped, and with checksum and size after the bytes so that entries can be streamed.
 *
 * <p>The directory is in 64-bit form because a large float32 model exceeds 4 GB. Source of the layout:
 * caffe2/serialize/inline_container.cc in pytorch/pytorch.
 */
final class TorchArchiveWriter implements Closeable {
    private static final String DIRECTORY = "archive/";
    private static final int ALIGNMENT = 64;

    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int ZIP64_END = 0x06064b50;
    private static final int ZIP64_LOCATOR = 0x07064b50;
    private static final int END = 0x06054b50;

    private static final int LOCAL_HEADER_BYTES = 30;
    private static final int DESCRIPTOR_BYTES = 16;
    private static final int CENTRAL_HEADER_BYTES = 46;
    private static final int ENDS_BYTES = 56 + 20 + 22;

    /** Checksum and sizes follow the bytes; names are UTF-8. */
    private static final short FLAGS = 1 << 3 | 1 << 11;

    /** The zip version that introduced 64-bit values. */
    private static final short VERSION = 45;

    /** The extra field that PyTorch uses for alignment padding, and its content. */
    private static final short PADDING_FIELD = 'F' | 'B' << 8;

    private static final byte PADDING = 'Z';

    private static final int FIELD_HEADER_BYTES = 2 * Short.BYTES;
    private static final short ZIP64_FIELD = 1;

    /** Marks a number stored in 64-bit form. */
    private static final long ELSEWHERE = 0xffffffffL;

    private final Path file;
    private final FileChannel channel;
    private final List<Entry> entries = new ArrayList<>();

    /** Creates a writer of a file that does not exist yet. */
    TorchArchiveWriter(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    /** Writes an entry's bytes. */
    interface Content {
        void write(WritableByteChannel target) throws IOException;
    }

    private record Entry(byte[] name, long header, long size, long crc) {}

    /** Counts the bytes written. */
    private final class Meter implements WritableByteChannel {
        private final CRC32 crc = new CRC32();
        private long size;

        @Override
        public int write(ByteBuffer source) throws IOException {
            ByteBuffer written = source.duplicate();
            int count = channel.write(source);
            crc.update(written.limit(written.position() + count));
            size += count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException("An entry ends with its content");
        }
    }

    /**
     * Writes an entry.
     *
     * @param name its path below the one directory that there is
     * @param content its bytes
     * @throws ModelException if those are 4 GB or more
     * @throws IOException if the disk fails
     */
    void add(String name, Content content) throws IOException {
        byte[] fullName = (DIRECTORY + name).getBytes(StandardCharsets.UTF_8);
        long header = channel.position();
        writeHeader(header, fullName);
        Meter meter = new Meter();
        content.write(meter);
        if (meter.size >= ELSEWHERE) {
            throw new ModelException(file + " cannot be written: its entry '" + name + "' would have " + meter.size
                    + " bytes, but one may have at most " + (ELSEWHERE - 1) + ". Write the model as f16.");
        }
        write(buffer(DESCRIPTOR_BYTES)
                .putInt(DESCRIPTOR)
                .putInt((int) meter.crc.getValue())
                .putInt((int) meter.size)
                .putInt((int) meter.size));
        entries.add(new Entry(fullName, header, meter.size, meter.crc.getValue()));
    }

    private void writeHeader(long position, byte[] name) throws IOException {
        int unpadded = LOCAL_HEADER_BYTES + name.length + FIELD_HEADER_BYTES;
        int padding = (int) (-(position + unpadded) & ALIGNMENT - 1);
        ByteBuffer header = buffer(unpadded + padding)
                .putInt(LOCAL_HEADER)
                .putShort((short) 0)
                .putShort(FLAGS)
                .position(LOCAL_HEADER_BYTES - FIELD_HEADER_BYTES)
                .putShort((short) name.length)
                .putShort((short) (FIELD_HEADER_BYTES + padding))
                .put(name)
                .putShort(PADDING_FIELD)
                .putShort((short) padding);
        while (header.hasRemaining()) {
            header.put(PADDING);
        }
        write(header);
    }

    /**
     * Writes the directory. No entries can be added afterwards.
     *
     * @throws IOException if writing fails
     */
    void finish() throws IOException {
        long start = channel.position();
        for (Entry entry : entries) {
            writeCentralHeader(entry);
        }
        long end = channel.position();
        write(buffer(ENDS_BYTES)
                .putInt(ZIP64_END)
                .putLong(44)
                .putShort(VERSION)
                .putShort(VERSION)
                .putLong(0)
                .putLong(entries.size())
                .putLong(entries.size())
                .putLong(end - start)
                .putLong(start)
                .putInt(ZIP64_LOCATOR)
                .putInt(0)
                .putLong(end)
                .putInt(1)
                .putInt(END)
                .putInt(0)
                .putShort((short) Math.min(entries.size(), 0xffff))
                .putShort((short) Math.min(entries.size(), 0xffff))
                .putInt((int) Math.min(end - start, ELSEWHERE))
                .putInt((int) Math.min(start, ELSEWHERE))
                .putShort((short) 0));
    }

    private void writeCentralHeader(Entry entry) throws IOException {
        boolean isFar = entry.header >= ELSEWHERE;
        int extra = isFar ? FIELD_HEADER_BYTES + Long.BYTES : 0;
        ByteBuffer header = buffer(CENTRAL_HEADER_BYTES + entry.name.length + extra)
                .putInt(CENTRAL_HEADER)
                .putShort((short) 0)
                .putShort(isFar ? VERSION : 0)
                .putShort(FLAGS)
                .position(16)
                .putInt((int) entry.crc)
                .putInt((int) entry.size)
                .putInt((int) entry.size)
                .putShort((short) entry.name.length)
                .putShort((short) extra)
                .position(42)
                .putInt((int) Math.min(entry.header, ELSEWHERE))
                .put(entry.name);
        if (isFar) {
            header.putShort(ZIP64_FIELD).putShort((short) Long.BYTES).putLong(entry.header);
        }
        write(header);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void write(ByteBuffer full) throws IOException {
        full.flip();
        while (full.hasRemaining()) {
            channel.write(full);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
