package io.github.whisperspeedtest.audio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Estimates the duration of a recording from the start of its content and its size, without decoding it.
 *
 * <p>The format is detected from the content, as in {@link AudioFiles}. The source of the estimate depends on it:
 *
 * <ul>
 *   <li>WAV, RF64 and Wave64: the header; exact unless the file is damaged. A-law, mu-law and MPEG audio included, other
 *       codecs not.
 *   <li>FLAC, also in Ogg: the number of samples in the header, or a typical compression ratio if that is missing.
 *   <li>MPEG audio: the frame count of an information frame (Xing, Info or VBRI), or the bit rate of the first frames.
 *       128 kbit/s are assumed after an ID3v2 tag that covers the given content.
 *   <li>Ogg Vorbis and Opus: the timestamps of the first pages. Without any, the nominal bit rate of Vorbis, else
 *       64 kbit/s for Vorbis and 32 kbit/s for Opus. Speex: 32 kbit/s.
 * </ul>
 *
 * <p>There is no estimate for other formats (MP4, M4A, WebM, AMR, AAC, ...) and for unrecognizable content.
 */
public final class DurationEstimate {
    /** Bytes per second of an MP3 file at 128 kbit/s, the default of most encoders. */
    private static final double TYPICAL_MPEG = 16_000;

    /** Two frames of the longest kind; fewer bytes after a tag may not suffice to recognize the format. */
    private static final int MIN_MPEG = 2 * 2_900;

    /** Bytes per second of speech at 64 kbit/s. */
    private static final double TYPICAL_VORBIS = 8_000;

    /** Bytes per second of speech at 32 kbit/s. */
    private static final double TYPICAL_OPUS = 4_000;

    /**
     * Bytes per second at 1 kbit/s. Speech codecs need more, and FLAC needs about as much for digital silence, so a
     * header that states less is wrong or the recording contains nothing.
     */
    private static final double MIN_RATE = 125;

    /** Opus has timestamps in samples at this rate whatever it was made from (RFC 7845, section 4). */
    private static final int OPUS_CLOCK = 48_000;

    /** Fixed part of the header of an Ogg page (RFC 3533, section 6); the last byte counts the segments. */
    private static final int OGG_HEADER = 27;

    private static final int OGG_POSITION = 6;
    private static final int OGG_SERIAL = 14;

    /** Offsets in the identification header (Vorbis I specification, section 4.2.2) and its length. */
    private static final int VORBIS_RATE = 12;

    private static final int VORBIS_NOMINAL = 20;
    private static final int VORBIS_LENGTH = 30;

    /** Offset of the native header in the first packet of FLAC (RFC 9639, section 10.1). */
    private static final int OGG_FLAC_NATIVE = 9;

    private static final PcmSink NO_SINK = new PcmSink() {
        @Override
        public void begin(int sampleRate, int channels) {}

        @Override
        public void write(float[] interleaved, int frames) {}

        @Override
        public void warn(String warning) {}
    };

    private DurationEstimate() {}

    /**
     * Estimates the duration of a recording.
     *
     * @param head the first bytes of the file, 64 KiB or the whole file for the best estimate; more are ignored
     * @param size size of the file in bytes
     * @return positive duration of at most 8 ms per byte, whatever the header states; empty if unknown
     */
    public static Optional<Duration> of(byte[] head, long size) {
        if (size <= 0) {
            return Optional.empty();
        }
        int visible = (int) Math.min(Math.min(head.length, PeekableInput.WINDOW), size);
        double seconds;
        try {
            seconds = seconds(Arrays.copyOf(head, visible), size);
        } catch (IOException | RuntimeException e) {
            // The parsers throw for codecs that they do not decode, and damage surfaces as an index out of bounds.
            return Optional.empty();
        }
        if (!Double.isFinite(seconds) || seconds <= 0) {
            return Optional.empty();
        }
        long nanos = Math.round(Math.min(seconds, size / MIN_RATE) * 1e9);
        return nanos > 0 ? Optional.of(Duration.ofNanos(nanos)) : Optional.empty();
    }

    private static double seconds(byte[] head, long size) throws IOException {
        // The parsers take a short look-ahead for the end of the file, so zeros stand for what follows.
        int padded = (int) Math.min(size, head.length + PeekableInput.WINDOW);
        PeekableInput in = new PeekableInput(new ByteArrayInputStream(Arrays.copyOf(head, padded)), size);
        ContainerFormat format = ContainerFormat.detect(in);
        switch (format) {
            case WAV -> {
                return WavReader.estimate(in, head.length, NO_SINK);
            }
            case MPEG_AUDIO -> {
                return MpegReader.estimate(in, head.length, NO_SINK);
            }
            default -> {
                long tag = MpegFrames.id3Bytes(head);
                int start = (int) Math.min(head.length, in.position());
                byte[] content = Arrays.copyOfRange(head, start, head.length);
                if (format == ContainerFormat.FLAC) {
                    return FlacReader.estimate(content, size - start);
                }
                if (Bytes.startsWith(content, 0, "OggS")) {
                    return ogg(content, size - start);
                }
                boolean isHidden = tag > 0 && tag < size && head.length - tag < MIN_MPEG;
                return isHidden ? (size - tag) / TYPICAL_MPEG : 0;
            }
        }
    }

    private static double ogg(byte[] head, long size) {
        if (head.length < OGG_HEADER) {
            return 0;
        }
        int packet = OGG_HEADER + (head[OGG_HEADER - 1] & 0xff);
        ByteBuffer fields = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        if (Bytes.startsWith(head, packet, "\u0001vorbis")) {
            if (head.length < packet + VORBIS_LENGTH) {
                return 0;
            }
            double measured = measured(fields, fields.getInt(packet + VORBIS_RATE), size);
            int nominal = fields.getInt(packet + VORBIS_NOMINAL);
            return measured > 0 ? measured : size / (nominal > 0 ? nominal / 8.0 : TYPICAL_VORBIS);
        }
        if (Bytes.startsWith(head, packet, "OpusHead")) {
            double measured = measured(fields, OPUS_CLOCK, size);
            return measured > 0 ? measured : size / TYPICAL_OPUS;
        }
        if (Bytes.startsWith(head, packet, "Speex")) {
            return size / TYPICAL_OPUS;
        }
        if (Bytes.startsWith(head, packet + OGG_FLAC_NATIVE, "fLaC")) {
            return FlacReader.estimate(Arrays.copyOfRange(head, packet + OGG_FLAC_NATIVE, head.length), size);
        }
        return 0;
    }

    /**
     * Extrapolates the timestamps of the pages of the first stream.
     *
     * @param head the first pages
     * @param clock units of the timestamps per second
     * @return seconds; 0 if no page has a usable timestamp
     */
    private static double measured(ByteBuffer head, int clock, long size) {
        long audio = -1;
        long from = 0;
        long fromTime = 0;
        long to = 0;
        long toTime = 0;
        int pages = 0;
        int at = 0;
        while (at + OGG_HEADER <= head.limit() && Bytes.startsWith(head.array(), at, "OggS")) {
            long end = at + OGG_HEADER;
            int segments = head.get(at + OGG_HEADER - 1) & 0xff;
            if (end + segments > head.limit()) {
                break;
            }
            for (int i = 0; i < segments; i++) {
                end += 1 + (head.get(at + OGG_HEADER + i) & 0xff);
            }
            long time = head.getLong(at + OGG_POSITION);
            // Header pages have 0, and pages on which no packet ends have -1.
            if (time > 0 && head.getInt(OGG_SERIAL) == head.getInt(at + OGG_SERIAL)) {
                pages++;
                if (pages == 1) {
                    audio = at;
                    from = at;
                } else if (pages == 2) {
                    // A recorded broadcast does not start at 0, so only the difference counts.
                    from = to;
                    fromTime = toTime;
                }
                to = end;
                toTime = time;
            }
            at = (int) end;
        }
        if (pages == 0 || clock <= 0 || toTime <= fromTime) {
            return 0;
        }
        double bytesPerSecond = (double) (to - from) / (toTime - fromTime) * clock;
        return (size - audio) / bytesPerSecond;
    }
}
