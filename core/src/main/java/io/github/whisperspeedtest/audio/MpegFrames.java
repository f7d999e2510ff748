package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cuts MPEG audio into frames, and passes over the tags before, between and after them. */
final class MpegFrames {
    /** How many bytes {@link #startIn} should be shown. */
    static final int PROBE = 16_384;

    /** A recording of a broadcast may begin in the middle of a frame; no frame is longer than 2.9 kB. */
    private static final int FURTHEST_START = 4096;

    /** A start code is 11 bits; four headers in a row that agree are no accident. */
    private static final int HEADERS_IN_A_ROW = 4;

    private static final int ID3_HEADER = 10;
    private static final int ID3V1 = 128;

    private static final Logger LOG = LoggerFactory.getLogger(MpegFrames.class);

    private final PeekableInput in;
    private @Nullable MpegHeader first;
    private @Nullable MpegHeader current;
    private long frames;

    /** Begins at the first frame of a stream that {@link #startIn} found one in. */
    MpegFrames(PeekableInput in) throws IOException {
        this.in = in;
        in.skipBlock(Math.max(0, startIn(in.peek(PROBE), true)));
    }

    /** Skips any number of ID3v2 tags and says whether there was one. */
    static boolean skipId3(PeekableInput in) throws IOException {
        boolean found = false;
        while (true) {
            byte[] head = in.peek(ID3_HEADER);
            if (head.length < ID3_HEADER || head[0] != 'I' || head[1] != 'D' || head[2] != '3') {
                return found;
            }
            int length = (head[6] & 0x7f) << 21 | (head[7] & 0x7f) << 14 | (head[8] & 0x7f) << 7 | head[9] & 0x7f;
            boolean hasFooter = (head[5] & 0x10) != 0;
            in.skipBlock(ID3_HEADER + (long) length + (hasFooter ? ID3_HEADER : 0));
            found = true;
        }
    }

    /**
     * Finds where frames begin.
     *
     * @param head the first {@value #PROBE} bytes, or all if there are fewer
     * @param tagged whether an ID3v2 tag stood before, so that less proof will do
     * @return the offset of the first header that others follow, or -1
     */
    static int startIn(byte[] head, boolean tagged) {
        int headers = tagged ? 2 : HEADERS_IN_A_ROW;
        for (int start = 0; start <= Math.min(FURTHEST_START, head.length - MpegHeader.BYTES); start++) {
            if (isRow(head, start, headers)) {
                return start;
            }
        }
        return -1;
    }

    private static boolean isRow(byte[] head, int start, int headers) {
        MpegHeader first = MpegHeader.parse(head, start);
        int at = start;
        for (int i = 0; i < headers; i++) {
            MpegHeader header = MpegHeader.parse(head, at);
            if (first == null || header == null || !header.continues(first)) {
                return false;
            }
            at += header.frameBytes();
            if (start == 0 && at == head.length) {
                // All of a very short file.
                return true;
            }
        }
        return true;
    }

    /**
     * Reads the next whole frame.
     *
     * @param target where its bytes go
     * @return whether there was one; its header is then {@link #header()}
     */
    boolean next(byte[] target) throws IOException {
        while (true) {
            skipId3(in);
            MpegHeader header = MpegHeader.parse(in.peek(MpegHeader.BYTES), 0);
            if (header != null && first != null && !header.continues(first) && !isFollowed(header)) {
                header = null;
            }
            if (header == null) {
                if (isEnd()) {
                    return false;
                }
                throw lost();
            }
            if (in.readBlock(target, header.frameBytes()) < header.frameBytes()) {
                LOG.warn("The last frame of the MPEG audio is cut off; it is left out");
                return false;
            }
            first = first == null ? header : first;
            current = header;
            frames++;
            return true;
        }
    }

    /** Returns the header of the frame that was read last. */
    MpegHeader header() {
        if (current == null) {
            throw new IllegalStateException("no frame was read");
        }
        return current;
    }

    private boolean isFollowed(MpegHeader header) throws IOException {
        byte[] ahead = in.peek(header.frameBytes() + MpegHeader.BYTES);
        MpegHeader next = MpegHeader.parse(ahead, header.frameBytes());
        return next != null && next.continues(header);
    }

    /** Says whether no frame follows: nothing, a tag, or padding. */
    private boolean isEnd() throws IOException {
        byte[] rest = in.peek(PeekableInput.WINDOW);
        String mark = new String(rest, 0, Math.min(11, rest.length), StandardCharsets.ISO_8859_1);
        if (rest.length < MpegHeader.BYTES
                || mark.startsWith("TAG") && rest.length <= ID3V1
                || mark.startsWith("APETAGEX")
                || mark.startsWith("LYRICSBEGIN")
                || mark.startsWith("TAG+")) {
            return true;
        }
        int zeros = 0;
        while (zeros < rest.length && rest[zeros] == 0) {
            zeros++;
        }
        return zeros == rest.length || zeros > 0 && rest.length - zeros <= ID3V1 && rest[zeros] == 'T';
    }

    private MalformedAudioException lost() throws IOException {
        byte[] found = in.peek(8);
        double seconds = first == null ? 0 : (double) frames * first.samples() / first.sampleRate();
        return new MalformedAudioException(String.format(
                Locale.ROOT,
                "expected the header of an MPEG audio frame (FF Ex or FF Fx) at byte %d, after %d frames (%.3f s), found %s."
                        + " The file is damaged; copy it again, or mend it with 'ffmpeg -i FILE mended.wav'",
                in.position(),
                frames,
                seconds,
                Hex.of(Arrays.copyOf(found, found.length))));
    }
}
