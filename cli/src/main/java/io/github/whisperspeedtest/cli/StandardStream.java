package io.github.whisperspeedtest.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Standard output or standard error that detects a broken pipe. */
final class StandardStream extends FilterOutputStream {
    /** The file type bits of {@code st_mode}, and the types that have a reader (POSIX, {@code sys/stat.h}). */
    private static final int TYPE = 0170000;

    private static final int PIPE = 0010000;
    private static final int SOCKET = 0140000;

    private final boolean hasReader;
    private final Runnable readerGone;
    private boolean gone;

    private StandardStream(OutputStream stream, boolean hasReader, Runnable readerGone) {
        super(stream);
        this.hasReader = hasReader;
        this.readerGone = readerGone;
    }

    /**
     * Returns a stream of this process.
     *
     * @param device the path of the descriptor
     * @param readerGone runs once when the pipe breaks; later output is dropped
     */
    static StandardStream of(FileDescriptor descriptor, String device, Runnable readerGone) {
        return new StandardStream(new FileOutputStream(descriptor), hasReader(Path.of(device)), readerGone);
    }

    /** Java reports a broken pipe and a full disk with the same exception and localized messages. */
    private static boolean hasReader(Path device) {
        try {
            int type = (int) Files.getAttribute(device, "unix:mode") & TYPE;
            return type == PIPE || type == SOCKET;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (gone) {
            return;
        }
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            if (!hasReader) {
                throw e;
            }
            gone = true;
            readerGone.run();
        }
    }
}
