package io.github.whisperspeedtest.audio;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An input stream with look-ahead and a position. */
final class PeekableInput extends InputStream {
    /** Maximum look-ahead of {@link #peek}. */
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
     * @param size maximum number of bytes in the stream
     */
    PeekableInput(InputStream in, long size) {
        this.in = Objects.requireNonNull(in, "in");
        this.size = size;
    }

    /** Returns the maximum number of bytes in the stream, or {@code Long.MAX_VALUE} if unknown. */
    long size() {
        return size;
    }

    /** Returns the number of bytes read or skipped. */
    long position() {
        return position;
    }

    /** Returns the failure of the underlying stream, or null. Decoders may swallow the exception. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** Returns a copy of the next {@code length} bytes, or fewer at the end of the stream. */
    byte[] peek(int length) throws IOException {
        int available = fill(length);
        return Arrays.copyOfRange(buffer, start, start + Math.min(length, available));
    }

    /** Reads up to {@code length} bytes, fewer only at the end of the stream, and returns their number. */
    int readBlock(byte[] target, int length) throws IOException {
        return readNBytes(target, 0, length);
    }

    /** Skips bytes and returns their number, less than {@code length} only at the end of the stream. */
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

    /** Buffers at least {@code wanted} bytes if available, and returns the number of buffered bytes. */
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
