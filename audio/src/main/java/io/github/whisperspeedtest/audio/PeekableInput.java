package io.github.whisperspeedtest.audio;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A stream that can be looked into ahead of reading, and that knows how far it was read. */
final class PeekableInput extends InputStream {
    /** How far ahead {@link #peek} can see. */
    static final int WINDOW = 1 << 16;

    private final InputStream in;
    private final long size;
    private final byte[] buffer = new byte[WINDOW];
    private int start;
    private int end;
    private long position;
    private @Nullable IOException failure;

    PeekableInput(InputStream in) {
        this(in, Long.MAX_VALUE);
    }

    /**
     * Wraps a stream of known length.
     *
     * @param size bytes that the stream has at most
     */
    PeekableInput(InputStream in, long size) {
        this.in = Objects.requireNonNull(in, "in");
        this.size = size;
    }

    /** Returns how many bytes there are in the stream at most, {@code Long.MAX_VALUE} where that is not known. */
    long size() {
        return size;
    }

    /** Returns how many bytes were read or skipped. */
    long position() {
        return position;
    }

    /** Returns why the stream below could not be read, or null if it could; a decoder may have swallowed the exception. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** Returns a copy of the next {@code length} bytes, fewer only at the end of the stream. */
    byte[] peek(int length) throws IOException {
        int available = fill(length);
        return Arrays.copyOfRange(buffer, start, start + Math.min(length, available));
    }

    /** Reads up to {@code length} bytes, fewer only at the end of the stream, and returns how many there were. */
    int readBlock(byte[] target, int length) throws IOException {
        return readNBytes(target, 0, length);
    }

    /** Skips bytes and returns how many of them there were, fewer than {@code length} only at the end of the stream. */
    long skipBlock(long length) throws IOException {
        long skipped = 0;
        while (skipped < length && fill(1) > 0) {
            int part = (int) Math.min(length - skipped, end - start);
            start += part;
            position += part;
            skipped += part;
        }
        return skipped;
    }

    /** Reads exactly {@code length} bytes. */
    byte[] readExactly(int length) throws IOException {
        byte[] bytes = readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    @Override
    public int read() throws IOException {
        if (fill(1) == 0) {
            return -1;
        }
        position++;
        return buffer[start++] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (fill(1) == 0) {
            return -1;
        }
        int part = Math.min(length, end - start);
        System.arraycopy(buffer, start, target, offset, part);
        start += part;
        position += part;
        return part;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Buffers at least {@code wanted} bytes if there are so many, and returns how many are buffered. */
    private int fill(int wanted) throws IOException {
        if (wanted > WINDOW) {
            throw new IllegalArgumentException("Cannot look " + wanted + " bytes ahead, only " + WINDOW);
        }
        if (end - start < wanted && start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        while (end - start < wanted) {
            int count = readBelow();
            if (count < 0) {
                break;
            }
            end += count;
        }
        return end - start;
    }

    private int readBelow() throws IOException {
        try {
            return in.read(buffer, end, WINDOW - end);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }
}
