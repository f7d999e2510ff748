package io.github.whisperspeedtest.audio;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jflac.FLACDecoder;
import org.jflac.FrameListener;
import org.jflac.frame.Frame;
import org.jflac.metadata.Metadata;

/**
 * Reads FLAC.
 *
 * <p>Only the STREAMINFO metadata block is passed to the decoder library, because the library trusts any length in
 * other blocks. Damaged frames are dropped; the gap before the next intact frame, whose header states its position, is
 * filled with silence. Format: RFC 9639.
 */
final class FlacReader {
    private static final int STREAMINFO = 0;
    private static final int STREAMINFO_LENGTH = 34;
    private static final int LAST = 0x80;

    /** Offset in STREAMINFO of 64 bits: sample rate (20), channels - 1 (3), bits per sample - 1 (5), samples (36). */
    private static final int FORMAT = 10;

    private static final long TOTAL_MASK = (1L << 36) - 1;

    /** Compressed size of typical audio relative to its samples: about 0.5 for speech, 0.6 for music. */
    private static final double TYPICAL_RATIO = 0.55;

    private static final int HIGHEST_BLOCK_TYPE = 6;

    /** Limit of the decoder library; RFC 9639 also allows 32 bits. */
    private static final int MAX_BITS = 24;

    /** Maximum silence inserted for damage if the header states no length: ten minutes at 48 kHz. */
    private static final long MAX_GAP = 600L * 48_000;

    private static final int SILENCE_BLOCK = 4096;

    private final PeekableInput in;
    private final PcmSink sink;
    private final Errors errors = new Errors();

    /** Samples per channel stated in the header, 0 if not stated. */
    private long total;

    /** Number of the first sample in the file; a cut may have removed earlier ones. */
    private long origin = -1;

    private long decoded;
    private long lost;
    private int losses;
    private double firstLoss;
    private int sampleRate;
    private float[] samples = new float[0];

    private FlacReader(PeekableInput in, PcmSink sink) {
        this.in = in;
        this.sink = sink;
    }

    static void read(PeekableInput in, PcmSink sink) throws IOException {
        new FlacReader(in, sink).read();
    }

    /**
     * Estimates the duration from STREAMINFO.
     *
     * @param bytes the start of a FLAC stream
     * @param size length of the stream in bytes
     * @return seconds; 0, NaN or infinite if unknown
     */
    static double estimate(byte[] bytes, long size) {
        int info = 4 + 4;
        if (bytes.length < info + STREAMINFO_LENGTH || (bytes[4] & 0x7f) != STREAMINFO) {
            return 0;
        }
        long fields = ByteBuffer.wrap(bytes).getLong(info + FORMAT);
        long rate = fields >>> 44;
        long samples = fields & TOTAL_MASK;
        if (samples > 0) {
            return (double) samples / rate;
        }
        long channels = (fields >>> 41 & 7) + 1;
        long bits = (fields >>> 36 & 31) + 1;
        return size * 8.0 / (rate * channels * bits * TYPICAL_RATIO);
    }

    private void read() throws IOException {
        byte[] header;
        try {
            header = header();
        } catch (EOFException e) {
            throw new MalformedAudioException(
                    "expected the FLAC header and metadata, found the end of the file at byte " + in.position()
                            + ". The file is truncated; copy it again",
                    e);
        }
        FLACDecoder decoder = decoder(header);
        if (decoder.getStreamInfo().getBitsPerSample() > MAX_BITS) {
            throw new UnsupportedCodecException(
                    "it is a FLAC file with " + decoder.getStreamInfo().getBitsPerSample() + " bits per sample");
        }
        while (!frames(decoder)) {
            decoder = decoder(header);
        }
        report();
    }

    private FLACDecoder decoder(byte[] header) throws IOException {
        FLACDecoder decoder = new FLACDecoder(new SequenceInputStream(new ByteArrayInputStream(header), in));
        decoder.addFrameListener(errors);
        decoder.readMetadata();
        return decoder;
    }

    /** Returns the signature with STREAMINFO as the only metadata block, and positions the stream at the first frame. */
    private byte[] header() throws IOException {
        byte[] result = new byte[4 + 4 + STREAMINFO_LENGTH];
        System.arraycopy(in.readExactly(4), 0, result, 0, 4);
        byte[] block = in.readExactly(4);
        int type = block[0] & 0x7f;
        int length = length(block);
        if (type != STREAMINFO || length != STREAMINFO_LENGTH) {
            throw new MalformedAudioException(
                    "expected STREAMINFO (type 0, 34 bytes) as the first metadata block of FLAC, found type " + type
                            + " with " + length + " bytes. The header is damaged");
        }
        result[4] = (byte) (LAST | STREAMINFO);
        result[7] = STREAMINFO_LENGTH;
        byte[] info = in.readExactly(STREAMINFO_LENGTH);
        total = ByteBuffer.wrap(info).getLong(FORMAT) & TOTAL_MASK;
        // The library stops after this many samples, counting damaged ones; 0 makes it continue to the end.
        info[13] &= (byte) 0xf0;
        Arrays.fill(info, 14, 18, (byte) 0);
        System.arraycopy(info, 0, result, 8, STREAMINFO_LENGTH);
        while ((block[0] & LAST) == 0) {
            block = in.peek(4);
            if (block.length == 4 && (block[0] & 0x7f) > HIGHEST_BLOCK_TYPE) {
                // Not metadata, probably the first frame; its "length" must not be used.
                break;
            }
            block = in.readExactly(4);
            if (in.skipBlock(length(block)) < length(block)) {
                throw new EOFException();
            }
        }
        return result;
    }

    private static int length(byte[] blockHeader) {
        return (blockHeader[1] & 0xff) << 16 | (blockHeader[2] & 0xff) << 8 | blockHeader[3] & 0xff;
    }

    /** Reads frames and returns whether the end was reached. Otherwise the decoder failed and another one has to continue. */
    private boolean frames(FLACDecoder decoder) throws IOException {
        while (true) {
            errors.crc = false;
            Frame frame;
            try {
                frame = decoder.readNextFrame();
            } catch (IOException | RuntimeException e) {
                if (in.failure() != null) {
                    throw e;
                }
                // The library validates little inside a frame and may not recover from a damaged one.
                PcmConverter.checkInterrupted();
                errors.any = true;
                return false;
            }
            if (frame == null) {
                return true;
            }
            if (errors.crc) {
                PcmConverter.checkInterrupted();
                continue;
            }
            take(frame, decoder);
            errors.any = false;
        }
    }

    private void take(Frame frame, FLACDecoder decoder) throws IOException {
        int channels = frame.header.channels;
        int count = frame.header.blockSize;
        sampleRate = frame.header.sampleRate;
        sink.begin(sampleRate, channels);
        if (origin < 0) {
            origin = errors.any ? 0 : Math.max(0, frame.header.sampleNumber);
        }
        long gap = frame.header.sampleNumber - origin - decoded;
        if (errors.any && gap > 0 && gap <= (total > 0 ? total - decoded - count : MAX_GAP)) {
            silence(gap, channels);
        }
        if (samples.length < count * channels) {
            samples = new float[count * channels];
        }
        float scale = 1f / (1 << (frame.header.bitsPerSample - 1));
        for (int channel = 0; channel < channels; channel++) {
            int[] output = decoder.getChannelData()[channel].getOutput();
            for (int i = 0; i < count; i++) {
                samples[i * channels + channel] = output[i] * scale;
            }
        }
        sink.write(samples, count);
        decoded += count;
    }

    private void silence(long length, int channels) throws IOException {
        if (losses == 0) {
            firstLoss = (double) decoded / sampleRate;
        }
        losses++;
        float[] zeros = new float[SILENCE_BLOCK * channels];
        for (long left = length; left > 0; left -= SILENCE_BLOCK) {
            sink.write(zeros, (int) Math.min(left, SILENCE_BLOCK));
        }
        decoded += length;
        lost += length;
    }

    private void report() {
        if (losses > 0) {
            sink.warn(LossWarnings.silence((double) lost / sampleRate, losses, firstLoss));
        }
        if (decoded > 0 && decoded < total - origin) {
            sink.warn(LossWarnings.cutOff((double) decoded / sampleRate, (double) (total - origin) / sampleRate));
        }
        if (origin > 0) {
            sink.warn("The recording is truncated at its beginning: "
                    + LossWarnings.seconds((double) origin / sampleRate) + " are missing.");
        }
    }

    /** Records errors that the library recovered from. */
    private static final class Errors implements FrameListener {
        /** Whether anything was skipped since the last intact frame. */
        private boolean any;

        /** Whether the last frame read is damaged. */
        private boolean crc;

        @Override
        public void processMetadata(Metadata metadata) {}

        @Override
        public void processFrame(Frame frame) {}

        @Override
        public void processError(String text) {
            any = true;
            crc |= text.startsWith("CRC Error");
        }
    }
}
