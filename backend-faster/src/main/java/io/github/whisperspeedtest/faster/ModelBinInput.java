package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads numbers and texts from a {@code model.bin} one after the other. */
final class ModelBinInput {
    private static final int BUFFER_BYTES = 1 << 10;
    private static final int MAX_SHOWN = 80;

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);

    /** Offset in the file at which the buffer starts. */
    private long bufferStart;

    ModelBinInput(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
    }

    long position() {
        return bufferStart + buffer.position();
    }

    long remaining() {
        return size - position();
    }

    int unsignedByte(String what) throws IOException {
        return Byte.toUnsignedInt(take(1, what).get());
    }

    long unsignedInt(String what) throws IOException {
        return Integer.toUnsignedLong(take(Integer.BYTES, what).getInt());
    }

    String text(String what) throws IOException {
        int length = Short.toUnsignedInt(take(Short.BYTES, what).getShort());
        check(length, what);
        byte[] bytes = new byte[length];
        bytes(length).get(bytes);
        if (length == 0 || bytes[length - 1] != 0) {
            throw damaged("the " + what + " at byte " + (position() - length) + " should end with a zero");
        }
        return new String(bytes, 0, length - 1, StandardCharsets.UTF_8);
    }

    /** Returns a copy of the next bytes, of which there must be as many. */
    ByteBuffer bytes(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        long start = position();
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, start + bytes.position()) < 0) {
                throw damaged("it became shorter while being read");
            }
        }
        skip(length);
        return bytes.flip();
    }

    void skip(long length) {
        bufferStart = position() + length;
        buffer.limit(0);
    }

    ModelException damaged(String offence) {
        return new ModelException(file + " is damaged: " + offence + ". Download the model again.");
    }

    /** Returns text that is safe to print. */
    static String shown(String text) {
        String printable = text.replaceAll("\\p{C}", "?");
        return printable.length() <= MAX_SHOWN ? printable : printable.substring(0, MAX_SHOWN) + "…";
    }

    private ByteBuffer take(int length, String what) throws IOException {
        check(length, what);
        if (buffer.remaining() < length) {
            bufferStart = position();
            buffer.clear();
            while (buffer.position() < length) {
                if (channel.read(buffer, bufferStart + buffer.position()) < 0) {
                    throw damaged("it became shorter while being read");
                }
            }
            buffer.flip();
        }
        return buffer;
    }

    private void check(int length, String what) {
        if (length > remaining()) {
            throw damaged("at byte " + position() + " should be its " + what + " of " + length + " bytes, but only "
                    + remaining() + " follow");
        }
    }
}
