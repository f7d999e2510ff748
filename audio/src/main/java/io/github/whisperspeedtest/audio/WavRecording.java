package io.github.whisperspeedtest.audio;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.files.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;

/**
 * Writes a WAV file of 16-bit samples at 16 kHz, mono, block by block.
 *
 * <p>Until it is closed, its header has 0 as the length of the samples. Readers take that for "to the end", so a process that is killed
 * loses nothing but the last block. Source of the layout: Microsoft and IBM, <i>Multimedia Programming Interface and Data
 * Specifications 1.0</i>, chapter "WAVE".
 */
public final class WavRecording implements AutoCloseable, SampleConsumer {
    private static final int HEADER = 44;
    private static final int BYTES = 2;

    /** The size fields have 32 bits. */
    private static final long MAX_SAMPLES = (0xFFFFFFFFL - HEADER) / BYTES;

    private final Path file;
    private final FileChannel channel;
    private long samples;

    private WavRecording(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Creates a file that only its owner can read.
     *
     * @throws AudioException if there is such a file, or it cannot be written
     */
    public static WavRecording create(Path file) {
        try {
            FileChannel channel = FileChannel.open(
                    file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), OwnerOnly.file());
            WavRecording writer = new WavRecording(file, channel);
            writer.writeFully(header(0), 0);
            return writer;
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /**
     * Appends samples; values beyond full scale are limited to it.
     *
     * @throws AudioException if the file cannot be written, or is full (37 hours)
     */
    @Override
    public void accept(float[] values, int offset, int length) {
        if (samples + length > MAX_SAMPLES) {
            throw new AudioException(
                    file + " cannot become longer than " + duration().toHours() + " hours.");
        }
        ByteBuffer bytes = ByteBuffer.allocate(length * BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = offset; i < offset + length; i++) {
            bytes.putShort((short)
                    Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(values[i] * 0x1p15f))));
        }
        try {
            writeFully(bytes.flip(), HEADER + samples * BYTES);
            samples += length;
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** Returns the length so far. */
    public Duration duration() {
        return Duration.ofNanos(samples * 1_000_000_000L / Audio.SAMPLE_RATE);
    }

    /** Completes the header. */
    @Override
    public void close() {
        try (channel) {
            if (channel.isOpen()) {
                writeFully(header(samples * BYTES), 0);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    private static ByteBuffer header(long bytes) {
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put(ascii("RIFF"))
                .putInt(bytes == 0 ? 0 : (int) (bytes + HEADER - 8))
                .put(ascii("WAVEfmt "));
        header.putInt(16).putShort((short) 1).putShort((short) 1);
        header.putInt(Audio.SAMPLE_RATE).putInt(Audio.SAMPLE_RATE * BYTES).putShort((short) BYTES);
        header.putShort((short) (8 * BYTES)).put(ascii("data")).putInt((int) bytes);
        return header.flip();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static AudioException unwritable(Path file, IOException cause) {
        return new AudioException(
                "Cannot write " + file + ": " + DiskErrors.reason(cause) + ". Make room, or check its permissions.",
                cause);
    }
}
