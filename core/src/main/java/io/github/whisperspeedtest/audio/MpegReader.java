package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import javazoom.jl.decoder.Bitstream;
import javazoom.jl.decoder.Decoder;
import javazoom.jl.decoder.Header;
import javazoom.jl.decoder.JavaLayerException;
import javazoom.jl.decoder.Obuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads MP3, and layers I and II of MPEG audio.
 *
 * <p>The decoder library gets one checked frame after the other, because it passes over whatever it does not like in silence.
 * Where the first frame is LAME's or libavcodec's information frame, the silence that encoder and decoder put before and
 * after the sound is cut off as it says; without one it stays, some 25 to 50 ms.
 *
 * <p>Information frame: Gabriel Bouvigne, <i>Mp3 Info Tag rev 1 specifications</i>.
 */
final class MpegReader {
    /** What the decoder library multiplies samples by. */
    private static final float LIBRARY_SCALE = 32_700f;

    /** Samples by which any decoder of layer III comes late. */
    private static final int DECODER_DELAY = 529;

    /** The longest frame of layer II, 384 kbit/s at 32 kHz, is the longest that the library's buffer takes. */
    private static final int LONGEST_FRAME = 1732;

    /** The library fills static tables on first use and does not guard them. */
    private static final Object TABLES = new Object();

    private final MpegFrames frames;
    private final PcmSink sink;
    private final byte[] frame = new byte[4096];
    private final FrameStream stream = new FrameStream();
    private final Bitstream bitstream = new Bitstream(stream);
    private final Decoder decoder = new Decoder();
    private final SampleCollector samples = new SampleCollector();

    private long decoded;
    private long begin;
    private long end = Long.MAX_VALUE;

    private MpegReader(PeekableInput in, PcmSink sink) throws IOException {
        frames = new MpegFrames(in);
        this.sink = sink;
        decoder.setOutputBuffer(samples);
    }

    static void read(PeekableInput in, PcmSink sink) throws IOException {
        new MpegReader(in, sink).read();
    }

    private void read() throws IOException {
        boolean isFirst = true;
        while (frames.next(frame)) {
            MpegHeader header = frames.header();
            sink.begin(header.sampleRate(), header.channels());
            if (isFirst && isInformation(header)) {
                isFirst = false;
                continue;
            }
            if (header.frameBytes() > LONGEST_FRAME) {
                throw new MalformedAudioException("expected frames of at most " + LONGEST_FRAME
                        + " bytes, found one of " + header.frameBytes() + " bytes. Convert the file with ffmpeg");
            }
            if (decoded == 0) {
                synchronized (TABLES) {
                    decode(header);
                }
            } else {
                decode(header);
            }
            isFirst = false;
            pass(header);
        }
    }

    private void decode(MpegHeader header) throws IOException {
        samples.begin(header.channels(), header.samples());
        stream.set(frame, header.frameBytes());
        try {
            Header parsed = bitstream.readFrame();
            if (parsed == null) {
                throw undecodable(null);
            }
            decoder.decodeFrame(parsed, bitstream);
        } catch (JavaLayerException | RuntimeException e) {
            throw undecodable(e);
        } finally {
            bitstream.closeFrame();
        }
    }

    private MalformedAudioException undecodable(@Nullable Exception cause) {
        return new MalformedAudioException(
                "expected a frame of MPEG audio that can be decoded after " + decoded
                        + " samples, found a damaged one. Copy the file again",
                cause);
    }

    /** Passes on what of the frame lies between {@link #begin} and {@link #end}. */
    private void pass(MpegHeader header) throws IOException {
        int count = header.samples();
        int from = (int) Math.max(0, Math.min(count, begin - decoded));
        int to = (int) Math.max(from, Math.min(count, end - decoded));
        float[] values = samples.values;
        if (from > 0) {
            System.arraycopy(values, from * header.channels(), values, 0, (to - from) * header.channels());
        }
        sink.write(values, to - from);
        decoded += count;
    }

    /** Says whether the frame holds no sound but facts about the file, and takes them. */
    private boolean isInformation(MpegHeader header) {
        if (header.layer() != 3) {
            return false;
        }
        ByteBuffer buffer = ByteBuffer.wrap(frame, 0, header.frameBytes());
        int sideInformation =
                header.version() == 1 ? (header.channels() == 1 ? 17 : 32) : header.channels() == 1 ? 9 : 17;
        int at = MpegHeader.BYTES + sideInformation + (header.hasCrc() ? 2 : 0);
        if (is("VBRI", MpegHeader.BYTES + 32, header)) {
            return true;
        }
        if (!is("Xing", at, header) && !is("Info", at, header)) {
            return false;
        }
        int flags = at + 8 <= header.frameBytes() ? buffer.getInt(at + 4) : 0;
        at += 8;
        long frameCount = 0;
        if ((flags & 1) != 0 && at + 4 <= header.frameBytes()) {
            frameCount = buffer.getInt(at) & 0xffffffffL;
        }
        at += ((flags & 1) != 0 ? 4 : 0)
                + ((flags & 2) != 0 ? 4 : 0)
                + ((flags & 4) != 0 ? 100 : 0)
                + ((flags & 8) != 0 ? 4 : 0);
        if ((is("LAME", at, header) || is("Lav", at, header)) && at + 24 <= header.frameBytes()) {
            int delays = (frame[at + 21] & 0xff) << 16 | (frame[at + 22] & 0xff) << 8 | frame[at + 23] & 0xff;
            int delay = delays >> 12;
            int padding = delays & 0xfff;
            begin = delay + DECODER_DELAY;
            long length = frameCount * header.samples() - delay - padding;
            end = length > 0 ? begin + length : Long.MAX_VALUE;
        }
        return true;
    }

    private boolean is(String mark, int at, MpegHeader header) {
        return at + mark.length() <= header.frameBytes()
                && new String(frame, at, mark.length(), StandardCharsets.ISO_8859_1).equals(mark);
    }

    /** A stream that is at its end after each frame until it gets the next one. */
    private static final class FrameStream extends InputStream {
        private byte[] bytes = new byte[0];
        private int at;
        private int length;

        void set(byte[] frame, int frameLength) {
            bytes = frame;
            at = 0;
            length = frameLength;
        }

        @Override
        public int read() {
            return at < length ? bytes[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int wanted) {
            Objects.checkFromIndexSize(offset, wanted, target.length);
            if (at >= length) {
                return -1;
            }
            int part = Math.min(wanted, length - at);
            System.arraycopy(bytes, at, target, offset, part);
            at += part;
            return part;
        }
    }

    /** Takes the samples of one frame before they are rounded to 16 bits; those that do not come are silence. */
    private static final class SampleCollector extends Obuffer {
        private float[] values = new float[0];
        private final int[] next = new int[MAXCHANNELS];
        private int channels;

        void begin(int channelCount, int frameSamples) {
            channels = channelCount;
            values = new float[channelCount * frameSamples];
            for (int channel = 0; channel < channelCount; channel++) {
                next[channel] = channel;
            }
        }

        @Override
        public void append(int channel, short value) {
            values[next[channel]] = value / LIBRARY_SCALE;
            next[channel] += channels;
        }

        @Override
        public void appendSamples(int channel, float[] block) {
            for (float value : block) {
                values[next[channel]] = value / LIBRARY_SCALE;
                next[channel] += channels;
            }
        }

        @Override
        public void write_buffer(int value) {}

        @Override
        public void close() {}

        @Override
        public void clear_buffer() {}

        @Override
        public void set_stop_flag() {}
    }
}
