package io.github.whisperspeedtest.audio;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.util.Arrays;
import org.jflac.FLACDecoder;
import org.jflac.FrameListener;
import org.jflac.frame.Frame;
import org.jflac.metadata.Metadata;

/**
 * Reads FLAC.
 *
 * <p>Of the metadata only STREAMINFO reaches the decoder library, which would believe any length inside the others. A damaged frame
 * is left out; what is missing before the next intact one, whose header tells its place, becomes silence. Layout: RFC 9639.
 */
final class FlacReader {
    private static final int STREAMINFO = 0;
    private static final int STREAMINFO_LENGTH = 34;
    private static final int LAST = 0x80;
    private static final int HIGHEST_BLOCK_TYPE = 6;

    /** What the decoder library can hold; RFC 9639 also knows 32 bits. */
    private static final int MAX_BITS = 24;

    /** More silence than this, ten minutes at 48 kHz, is not put in for damage where the header tells no length. */
    private static final long LONGEST_GAP = 600L * 48_000;

    private static final int SILENCE_BLOCK = 4096;

    private final PeekableInput in;
    private final PcmSink sink;
    private final Errors errors = new Errors();

    /** Samples of each channel that the header states, 0 where it does not tell. */
    private long total;

    /** Number of the first sample of the file; a cut may have removed those before. */
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

    private void read() throws IOException {
        byte[] header;
        try {
            header = header();
        } catch (EOFException e) {
            throw new MalformedAudioException(
                    "expected the FLAC header and its metadata, found the end of the file at byte " + in.position()
                            + ". The file is cut off; copy it again",
                    e);
        }
        FLACDecoder decoder = decoder(header);
        if (decoder.getStreamInfo().getBitsPerSample() > MAX_BITS) {
            throw new ForeignCodecException(
                    "it is a FLAC file with " + decoder.getStreamInfo().getBitsPerSample() + " bits a sample");
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

    /** Returns the mark and the STREAMINFO block as the only one, and leaves the stream at the first frame. */
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
        total = (info[13] & 0x0fL) << 32
                | (info[14] & 0xffL) << 24
                | (info[15] & 0xff) << 16
                | (info[16] & 0xff) << 8
                | info[17] & 0xff;
        // The library would stop after as many samples, damaged ones counted; a length of 0 makes it go on to the end.
        info[13] &= (byte) 0xf0;
        Arrays.fill(info, 14, 18, (byte) 0);
        System.arraycopy(info, 0, result, 8, STREAMINFO_LENGTH);
        while ((block[0] & LAST) == 0) {
            block = in.peek(4);
            if (block.length == 4 && (block[0] & 0x7f) > HIGHEST_BLOCK_TYPE) {
                // No metadata, most likely the first frame: its length would lead astray.
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

    /** Reads frames, and returns whether the end was reached; otherwise the decoder is broken and another one has to go on. */
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
                // The library checks little inside a frame, and may not get away from a damaged one.
                AudioCollector.checkInterrupted();
                errors.any = true;
                return false;
            }
            if (frame == null) {
                return true;
            }
            if (errors.crc) {
                AudioCollector.checkInterrupted();
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
        if (errors.any && gap > 0 && gap <= (total > 0 ? total - decoded - count : LONGEST_GAP)) {
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
            sink.warn(Losses.silence((double) lost / sampleRate, losses, firstLoss));
        }
        if (decoded > 0 && decoded < total - origin) {
            sink.warn(Losses.cutOff((double) decoded / sampleRate, (double) (total - origin) / sampleRate));
        }
        if (origin > 0) {
            sink.warn("The recording is cut off at its beginning: " + Losses.seconds((double) origin / sampleRate)
                    + " are missing there.");
        }
    }

    /** Remembers what the library would have gone on from. */
    private static final class Errors implements FrameListener {
        /** Whether anything was passed over since the last intact frame. */
        private boolean any;

        /** Whether the frame that was read last is damaged. */
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
