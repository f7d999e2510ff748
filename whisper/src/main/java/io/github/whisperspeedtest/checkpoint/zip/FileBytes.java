package io.github.whisperspeedtest.checkpoint.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Reads little-endian parts of a file, and checks that they exist before allocating memory. */
public final class FileBytes {
    private final FileChannel channel;
    private final long size;
    private final FileErrors offences;

    public FileBytes(FileChannel channel, FileErrors offences) throws IOException {
        this.channel = channel;
        this.size = channel.size();
        this.offences = offences;
    }

    /** Returns the number of bytes in the file. */
    public long size() {
        return size;
    }

    /**
     * Returns a copy of a piece.
     *
     * @param what what to call it in messages
     * @throws io.github.whisperspeedtest.error.ModelException if the file ends before the piece does
     * @throws IOException if the file cannot be read
     */
    public ByteBuffer read(long offset, int length, String what) throws IOException {
        if (offset < 0 || offset > size || length > size - offset) {
            throw offences.damaged(what + " should be " + length + " bytes from " + Long.toUnsignedString(offset)
                    + " on, but the file has only " + size);
        }
        ByteBuffer piece = ByteBuffer.allocate(length);
        while (piece.hasRemaining()) {
            if (channel.read(piece, offset + piece.position()) < 0) {
                throw offences.damaged("it became shorter than " + size + " bytes while being read");
            }
        }
        return piece.flip().order(ByteOrder.LITTLE_ENDIAN);
    }
}
