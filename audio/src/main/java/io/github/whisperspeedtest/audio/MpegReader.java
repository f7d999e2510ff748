package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javazoom.jl.decoder.Bitstream;
import javazoom.jl.decoder.Decoder;
import javazoom.jl.decoder.Header;
import javazoom.jl.decoder.JavaLayerException;
import javazoom.jl.decoder.Obuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads MP3 and MPEG audio layers I and II.
 *
 * <p>The decoder library gets one validated frame at a time, because it silently skips anything that it rejects. Layer
 * II is decoded in this package: at the low sampling rates of MPEG-2, the library assumes half the frame length and
 * uses the tables of MPEG-1.
 *
 * <p>If the first frame is an information frame of LAME or libavcodec, the encoder and decoder delay that it states is
 * removed. Without one, the delay of about 25 to 50 ms remains.
 *
 * <p>Information frame: Gabriel Bouvigne, <i>Mp3 Info Tag rev 1 specifications</i>.
 */
final class MpegReader {
    /** Factor that the decoder library applies to samples. */
    private static final float LIBRARY_SCALE = 32_700f;

    /** Delay in samples of any layer III decoder. */
    private static final int DECODER_DELAY = 529;

    /** The longest layer II frame, 384 kbit/s at 32 kHz, is the longest that fits the library's buffer. */
    private static final int MAX_FRAME = 1732;

    /** Limits of layer III in bit/s, the only layer with information frames. */
    private static final int MIN_BIT_RATE = 8_000;

    private static final int MAX_BIT_RATE = 320_000;

    /** The library fills static tables on first use without synchronization. */
    private static final Object TABLES = new Object();

    private final PeekableInput in;
    private final MpegFrames frames;
    private final PcmSink sink;
    private final byte[] frame = new byte[4096];
    private final SampleCollector samples = new SampleCollector();

    private @Nullable MpegHeader stream;
    private @Nullable FrameDecoder decoder;
    private int skipsBefore;

    private long frameCount;
    private long damagedFrames;
    private double seconds;
    private double firstDamage;

    /** Sample numbers of the encoder's input, if an information frame states them. */
    private long begin;

    private long end = Long.MAX_VALUE;

    /** Frames and bytes stated in an information frame, 0 if not stated. */
    private long statedFrames;

    private long statedBytes;
    private long decoded;

    /** Samples beyond {@link #end}: encoder padding, unless more frames follow than stated. */
    private final List<float[]> tail = new ArrayList<>();

    private MpegReader(PeekableInput in, PcmSink sink) throws IOException {
        this.in = in;
        frames = new MpegFrames(in);
        this.sink = sink;
    }

    static void read(PeekableInput in, PcmSink sink) throws IOException {
        new MpegReader(in, sink).read();
    }

    /**
     * Estimates the duration from the information frame, or else from the bit rate of the visible frames.
     *
     * @param in positioned before the frames
     * @param visible position up to which the stream has the content of the file
     * @return seconds; 0 if unknown
     */
    static double estimate(PeekableInput in, int visible, PcmSink sink) throws IOException {
        MpegReader reader = new MpegReader(in, sink);
        long bytes = in.size() - in.position();
        if (!reader.frames.next(reader.frame)) {
            return 0;
        }
        MpegHeader header = reader.frames.header();
        if (reader.isInformation(header) && reader.statedFrames > 0) {
            double stated = (double) reader.statedFrames * header.samples() / header.sampleRate();
            long statedSize = reader.statedBytes > 0 ? reader.statedBytes : bytes;
            double bitRate = statedSize * 8 / stated;
            if (bitRate >= MIN_BIT_RATE && bitRate <= MAX_BIT_RATE) {
                // The file may be truncated, or concatenated from several.
                return stated * bytes / statedSize;
            }
        }
        long seenBytes = 0;
        double seen = 0;
        do {
            header = reader.frames.header();
            seenBytes += header.frameBytes();
            seen += (double) header.samples() / header.sampleRate();
        } while (in.position() < visible && reader.frames.next(reader.frame));
        return seen * bytes / seenBytes;
    }

    private void read() throws IOException {
        long start = in.position();
        boolean isFirst = true;
        while (frames.next(frame)) {
            MpegHeader header = frames.header();
            sink.begin(header.sampleRate(), header.channels());
            if (isFirst && isInformation(header)) {
                isFirst = false;
                continue;
            }
            isFirst = false;
            decode(header);
            frameCount++;
            if (frameCount > statedFrames && end < Long.MAX_VALUE) {
                passTail(header);
            }
            pass(header);
            seconds += (double) header.samples() / header.sampleRate();
        }
        if (frameCount > 0 && damagedFrames == frameCount) {
            throw new MalformedAudioException("expected MPEG audio frames, but none of the " + frameCount
                    + " frames can be decoded. Copy the file again");
        }
        noteSkips();
        report(in.position() - start);
    }

    private void report(long bytes) {
        if (damagedFrames > 0) {
            sink.warn("The recording is damaged: " + damagedFrames + " of its " + frameCount
                    + " frames cannot be decoded, the first at " + LossWarnings.seconds(firstDamage)
                    + "; replaced by silence.");
        }
        // If all stated bytes are present, the stated number of frames is wrong.
        boolean isCut = statedFrames > frameCount && (statedBytes == 0 || bytes < statedBytes);
        boolean isComplete = statedFrames > 0 && statedFrames <= frameCount;
        double statedSeconds = frameCount == 0 ? 0 : seconds / frameCount * statedFrames;
        if (frames.skips() > 0 && !isComplete) {
            double missing = isCut
                    ? statedSeconds - seconds
                    : seconds * frames.skippedBytes() / Math.max(1, bytes - frames.skippedBytes());
            sink.warn("The recording is damaged: " + frames.skippedBytes()
                    + " bytes that are not MPEG audio were skipped in "
                    + LossWarnings.places(frames.skips(), firstDamage) + "; up to " + LossWarnings.seconds(missing)
                    + " of audio may be missing.");
        } else if (isCut) {
            sink.warn(LossWarnings.cutOff(seconds, statedSeconds));
        } else if (frames.isCutOff()) {
            sink.warn("The recording is truncated within a frame, after " + LossWarnings.seconds(seconds)
                    + "; the amount of missing audio is unknown.");
        }
    }

    private void decode(MpegHeader header) {
        boolean isBroken = noteSkips();
        // The state of a decoder does not carry over a gap or into another stream.
        if (decoder == null || stream == null || isBroken || !header.isLike(stream)) {
            decoder = newDecoder(header);
            stream = header;
        }
        samples.begin(header.channels(), header.samples());
        try {
            decoder.decode(frame, header, samples);
        } catch (JavaLayerException | RuntimeException e) {
            // The library validates little inside a frame.
            samples.begin(header.channels(), header.samples());
            noteDamage();
            damagedFrames++;
            decoder = null;
        }
    }

    /** Returns whether anything was skipped since the last frame. */
    private boolean noteSkips() {
        boolean isBroken = frames.skips() > skipsBefore;
        if (isBroken) {
            noteDamage();
            skipsBefore = frames.skips();
        }
        return isBroken;
    }

    private void noteDamage() {
        if (firstDamage == 0) {
            firstDamage = seconds;
        }
    }

    private static FrameDecoder newDecoder(MpegHeader header) {
        synchronized (TABLES) {
            return header.layer() == 2 ? new Layer2(header.channels()) : new LibraryDecoder();
        }
    }

    /** Passes on the part of the frame between {@link #begin} and {@link #end}. */
    private void pass(MpegHeader header) throws IOException {
        int count = header.samples();
        int channels = header.channels();
        int from = (int) Math.max(0, Math.min(count, begin - decoded));
        int to = (int) Math.max(from, Math.min(count, end - decoded));
        float[] values = samples.values;
        if (to < count) {
            tail.add(Arrays.copyOfRange(values, to * channels, count * channels));
        }
        if (from > 0) {
            System.arraycopy(values, from * channels, values, 0, (to - from) * channels);
        }
        sink.write(values, to - from);
        decoded += count;
    }

    private void passTail(MpegHeader header) throws IOException {
        for (float[] block : tail) {
            if (block.length % header.channels() == 0) {
                sink.write(block, block.length / header.channels());
            }
        }
        tail.clear();
        end = Long.MAX_VALUE;
    }

    /** Returns whether this is an information frame without audio, and reads it. */
    private boolean isInformation(MpegHeader header) {
        if (header.layer() != 3) {
            return false;
        }
        ByteBuffer buffer = ByteBuffer.wrap(frame, 0, header.frameBytes());
        int sideInformation =
                header.version() == 1 ? (header.channels() == 1 ? 17 : 32) : header.channels() == 1 ? 9 : 17;
        int at = MpegHeader.BYTES + sideInformation + (header.hasCrc() ? 2 : 0);
        int vbri = MpegHeader.BYTES + 32;
        if (is("VBRI", vbri, header)) {
            if (vbri + 18 <= header.frameBytes()) {
                statedBytes = buffer.getInt(vbri + 10) & 0xffffffffL;
                statedFrames = buffer.getInt(vbri + 14) & 0xffffffffL;
            }
            return true;
        }
        if (!is("Xing", at, header) && !is("Info", at, header)) {
            return false;
        }
        int flags = at + 8 <= header.frameBytes() ? buffer.getInt(at + 4) : 0;
        at += 8;
        if ((flags & 1) != 0 && at + 4 <= header.frameBytes()) {
            statedFrames = buffer.getInt(at) & 0xffffffffL;
            at += 4;
        }
        if ((flags & 2) != 0 && at + 4 <= header.frameBytes()) {
            statedBytes = buffer.getInt(at) & 0xffffffffL;
            at += 4;
        }
        at += ((flags & 4) != 0 ? 100 : 0) + ((flags & 8) != 0 ? 4 : 0);
        if ((is("LAME", at, header) || is("Lav", at, header)) && at + 24 <= header.frameBytes()) {
            int delays = (frame[at + 21] & 0xff) << 16 | (frame[at + 22] & 0xff) << 8 | frame[at + 23] & 0xff;
            int delay = delays >> 12;
            int padding = delays & 0xfff;
            begin = delay + DECODER_DELAY;
            long length = statedFrames * header.samples() - delay - padding;
            end = length > 0 ? begin + length : Long.MAX_VALUE;
        }
        return true;
    }

    private boolean is(String mark, int at, MpegHeader header) {
        return at + mark.length() <= header.frameBytes()
                && new String(frame, at, mark.length(), StandardCharsets.ISO_8859_1).equals(mark);
    }

    /** Decodes the frames of one stream. */
    private interface FrameDecoder {
        /** Decodes a frame, including its header, into the collector. */
        void decode(byte[] frame, MpegHeader header, SampleCollector target) throws JavaLayerException;
    }

    /** Decodes with the library. */
    private static final class LibraryDecoder implements FrameDecoder {
        private final FrameStream source = new FrameStream();
        private final Bitstream bitstream = new Bitstream(source);
        private final Decoder decoder = new Decoder();
        private boolean isInitialized;

        @Override
        public void decode(byte[] frame, MpegHeader header, SampleCollector target) throws JavaLayerException {
            if (header.frameBytes() > MAX_FRAME) {
                throw new JavaLayerException("frame of " + header.frameBytes() + " bytes");
            }
            if (isInitialized) {
                decodeFrame(frame, header, target);
            } else {
                synchronized (TABLES) {
                    decodeFrame(frame, header, target);
                }
                isInitialized = true;
            }
        }

        private void decodeFrame(byte[] frame, MpegHeader header, SampleCollector target) throws JavaLayerException {
            decoder.setOutputBuffer(target);
            source.set(frame, header.frameBytes());
            try {
                Header parsed = bitstream.readFrame();
                if (parsed == null) {
                    throw new JavaLayerException("no frame");
                }
                decoder.decodeFrame(parsed, bitstream);
            } finally {
                bitstream.closeFrame();
            }
        }
    }

    /** Decodes layer II. */
    private static final class Layer2 implements FrameDecoder {
        private final SynthesisFilterBank[] filters;

        Layer2(int channels) {
            filters = new SynthesisFilterBank[channels];
            Arrays.setAll(filters, channel -> new SynthesisFilterBank());
        }

        @Override
        public void decode(byte[] frame, MpegHeader header, SampleCollector target) {
            new Layer2Frame(frame, header)
                    .decode((channel, subbands) -> target.put(channel, filters[channel].next(subbands), 1));
        }
    }

    /** An input stream that ends after each frame until it receives the next one. */
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

    /** Receives the samples of one frame before they are rounded to 16 bits. Samples not received are silence. */
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

        /** Receives the next samples of a channel. */
        void put(int channel, float[] block, float fullScale) {
            for (float value : block) {
                values[next[channel]] = value / fullScale;
                next[channel] += channels;
            }
        }

        @Override
        public void append(int channel, short value) {
            put(channel, new float[] {value}, LIBRARY_SCALE);
        }

        @Override
        public void appendSamples(int channel, float[] block) {
            put(channel, block, LIBRARY_SCALE);
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
