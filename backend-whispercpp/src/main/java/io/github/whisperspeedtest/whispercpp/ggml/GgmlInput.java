package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.error.ModelException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Reads a GGML file from front to back through a small buffer; the end of the file is never passed. */
final class GgmlInput {
    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long bufferStart;

    GgmlInput(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
    }

    long size() {
        return size;
    }

    long position() {
        return bufferStart + buffer.position();
    }

    long remaining() {
        return size - position();
    }

    /**
     * Reads a little-endian number.
     *
     * @param what what it is, for the message if the file ends before it
     */
    int readInt(String what) throws IOException {
        require(Integer.BYTES, what);
        fill(Integer.BYTES);
        return buffer.getInt();
    }

    /** Reads a little-endian float. */
    float readFloat(String what) throws IOException {
        return Float.intBitsToFloat(readInt(what));
    }

    /** Reads a few bytes; the caller has checked that they are few. */
    byte[] readBytes(int count, String what) throws IOException {
        require(count, what);
        fill(count);
        byte[] bytes = new byte[count];
        buffer.get(bytes);
        return bytes;
    }

    /** Goes on behind so many bytes without reading them. */
    void skip(long count, String what) {
        require(count, what);
        if (count <= buffer.remaining()) {
            buffer.position(buffer.position() + (int) count);
        } else {
            bufferStart = position() + count;
            buffer.limit(0);
        }
    }

    private void require(long count, String what) {
        if (count > remaining()) {
            throw new ModelException(file + " is incomplete: " + what + " needs " + count + " bytes at offset "
                    + position() + ", but the file ends at " + size + ". " + GgmlInspection.ADVICE);
        }
    }

    private void fill(int count) throws IOException {
        if (buffer.remaining() >= count) {
            return;
        }
        bufferStart = position();
        buffer.compact();
        while (buffer.position() < count) {
            if (channel.read(buffer, bufferStart + buffer.position()) < 0) {
                throw new EOFException("the file was shortened while it was read");
            }
        }
        buffer.flip();
    }
}
