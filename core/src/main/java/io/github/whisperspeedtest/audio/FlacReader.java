package io.github.whisperspeedtest.audio;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.util.Locale;
import org.jflac.FLACDecoder;
import org.jflac.FrameListener;
import org.jflac.frame.Frame;
import org.jflac.metadata.Metadata;
import org.jflac.metadata.StreamInfo;
import org.jspecify.annotations.Nullable;

/**
 * Reads FLAC.
 *
 * <p>Of the metadata only STREAMINFO reaches the decoder library, which would believe any length inside the others. What the
 * library passes over in silence, or replaces by silence, is an error here. Layout: RFC 9639.
 */
final class FlacReader {
    private static final int STREAMINFO = 0;
    private static final int STREAMINFO_LENGTH = 34;
    private static final int LAST = 0x80;

    /** What the decoder library can hold; RFC 9639 also knows 32 bits. */
    private static final int MOST_BITS = 24;

    private FlacReader() {}

    static void read(PeekableInput in, PcmSink sink) throws IOException {
        byte[] header;
        try {
            header = header(in);
        } catch (EOFException e) {
            throw new MalformedAudioException(
                    "expected the FLAC header and its metadata, found the end of the file at byte " + in.position()
                            + ". The file is cut off; copy it again",
                    e);
        }
        FLACDecoder decoder = new FLACDecoder(new SequenceInputStream(new ByteArrayInputStream(header), in));
        FirstError error = new FirstError();
        decoder.addFrameListener(error);
        decoder.readMetadata();
        StreamInfo info = decoder.getStreamInfo();
        if (info.getBitsPerSample() > MOST_BITS) {
            throw new ForeignCodecException("it is a FLAC file with " + info.getBitsPerSample() + " bits a sample");
        }
        sink.begin(info.getSampleRate(), info.getChannels());
        frames(decoder, info, error, sink);
    }

    /** Returns the mark and the STREAMINFO block as the only one, and leaves the stream at the first frame. */
    private static byte[] header(PeekableInput in) throws IOException {
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
        System.arraycopy(in.readExactly(STREAMINFO_LENGTH), 0, result, 8, STREAMINFO_LENGTH);
        while ((block[0] & LAST) == 0) {
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

    private static void frames(FLACDecoder decoder, StreamInfo info, FirstError error, PcmSink sink)
            throws IOException {
        int channels = info.getChannels();
        float scale = 1f / (1 << (info.getBitsPerSample() - 1));
        long total = info.getTotalSamples();
        long decoded = 0;
        float[] samples = new float[0];
        while (total == 0 || decoded < total) {
            Frame frame = decoder.readNextFrame();
            if (frame == null && total == 0) {
                // Whoever streams FLAC need not say how much it is; what follows the last frame may be a tag.
                return;
            }
            if (frame == null) {
                throw new MalformedAudioException("expected " + total + " samples, as its FLAC header promises, found "
                        + decoded + ". The file is cut off or damaged; copy it again");
            }
            if (error.message != null) {
                throw new MalformedAudioException(
                        String.format(
                                Locale.ROOT,
                                "expected an intact FLAC frame after %d samples (%.3f s), found a damaged one."
                                        + " Copy the file again, or mend it with 'flac --decode-through-errors'",
                                decoded,
                                (double) decoded / info.getSampleRate()),
                        new IOException(error.message));
            }
            if (frame.header.bitsPerSample != info.getBitsPerSample()) {
                throw new MalformedAudioException("expected FLAC frames of " + info.getBitsPerSample()
                        + " bits a sample, as the header says, found one of " + frame.header.bitsPerSample
                        + ". The file is damaged; copy it again");
            }
            sink.begin(frame.header.sampleRate, frame.header.channels);
            int count = frame.header.blockSize;
            if (samples.length < count * channels) {
                samples = new float[count * channels];
            }
            for (int channel = 0; channel < channels; channel++) {
                int[] output = decoder.getChannelData()[channel].getOutput();
                for (int i = 0; i < count; i++) {
                    samples[i * channels + channel] = output[i] * scale;
                }
            }
            sink.write(samples, count);
            decoded += count;
        }
    }

    /** Remembers the first thing that the library would have gone on from. */
    private static final class FirstError implements FrameListener {
        private @Nullable String message;

        @Override
        public void processMetadata(Metadata metadata) {}

        @Override
        public void processFrame(Frame frame) {}

        @Override
        public void processError(String text) {
            if (message == null) {
                message = text;
            }
        }
    }
}
