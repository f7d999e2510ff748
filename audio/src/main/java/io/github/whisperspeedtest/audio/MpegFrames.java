package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Splits MPEG audio into frames and skips the tags before, between and after them.
 *
 * <p>A frame is complete if it is followed by another frame, a tag or the end of the file. Other bytes, and frames that
 * are cut short by the next one, are skipped and counted.
 */
final class MpegFrames {
    /** Number of bytes that {@link #startIn} should get. */
    static final int PROBE = PeekableInput.WINDOW;

    /** A recorded broadcast may start in the middle of a frame; no frame is longer than 2.9 kB. */
    private static final int NEAR_START = 4096;

    /** A sync word is only 11 bits; four consistent headers in a row are not a coincidence. */
    private static final int HEADERS_IN_A_ROW = 4;

    /** After an ID3v2 tag, and in a stream of known kind, two headers suffice. */
    private static final int HEADERS_AFTER_PROOF = 2;

    private static final int ID3_HEADER = 10;
    private static final int ID3V1 = 128;

    private final PeekableInput in;
    private @Nullable MpegHeader current;
    private long skipped;
    private int skips;
    private boolean cutOff;

    /** Starts at the first frame of a stream in which {@link #startIn} found one. */
    MpegFrames(PeekableInput in) throws IOException {
        this.in = in;
        in.skipBlock(Math.max(0, startIn(in.peek(PROBE), true)));
    }

    /** Skips all ID3v2 tags and returns whether any were found. */
    static boolean skipId3(PeekableInput in) throws IOException {
        boolean found = false;
        while (true) {
            long length = id3Bytes(in.peek(ID3_HEADER));
            if (length == 0) {
                return found;
            }
            // A length beyond the end is invalid: search the following bytes for frames.
            in.skipBlock(in.position() + length <= in.size() ? length : ID3_HEADER);
            found = true;
        }
    }

    /** Returns the length of the ID3v2 tag at the start, with its header and footer, or 0 if there is none. */
    static long id3Bytes(byte[] head) {
        if (head.length < ID3_HEADER || !Bytes.startsWith(head, 0, "ID3")) {
            return 0;
        }
        boolean hasFooter = (head[5] & 0x10) != 0;
        return ID3_HEADER + id3Length(head) + (hasFooter ? ID3_HEADER : 0);
    }

    /** The length has seven bits per byte; some programs write eight. */
    private static long id3Length(byte[] head) {
        long length = 0;
        boolean sevenBits = (head[6] | head[7] | head[8] | head[9]) >= 0;
        for (int i = 6; i < ID3_HEADER; i++) {
            length = length << (sevenBits ? 7 : 8) | head[i] & 0xff;
        }
        return length;
    }

    /**
     * Finds the start of the frames.
     *
     * @param head the first {@value #PROBE} bytes, or all if there are fewer
     * @param tagged whether an ID3v2 tag precedes, so that fewer headers suffice
     * @return offset of the first header that is followed by others, or -1
     */
    static int startIn(byte[] head, boolean tagged) {
        for (int start = 0; start <= head.length - MpegHeader.BYTES; start++) {
            if (isRow(head, start, tagged && start <= NEAR_START ? HEADERS_AFTER_PROOF : HEADERS_IN_A_ROW)) {
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
            if (at == head.length && (start == 0 || i > 0)) {
                // The whole of a very short file, or the rest of one.
                return true;
            }
        }
        return true;
    }

    /**
     * Reads the next complete frame.
     *
     * @param target receives its bytes
     * @return whether a frame was read; its header is then {@link #header()}
     */
    boolean next(byte[] target) throws IOException {
        boolean searching = false;
        while (true) {
            skipId3(in);
            MpegHeader header = MpegHeader.parse(in.peek(MpegHeader.BYTES), 0);
            boolean isNext = header != null && (isExpected(header) && !isCutShort(header) || isFollowed(header));
            if (isNext) {
                if (in.readBlock(target, header.frameBytes()) < header.frameBytes()) {
                    cutOff = true;
                    return false;
                }
                current = header;
                return true;
            }
            if (isEnd()) {
                return false;
            }
            PcmConverter.checkInterrupted();
            skips += searching ? 0 : 1;
            searching = true;
            skipped += in.skipBlock(nextRow());
        }
    }

    /** Returns the header of the last frame read. */
    MpegHeader header() {
        if (current == null) {
            throw new IllegalStateException("no frame has been read");
        }
        return current;
    }

    /** Returns the number of skipped bytes that are neither a complete frame nor a tag. */
    long skippedBytes() {
        return skipped;
    }

    /** Returns the number of places with skipped bytes. */
    int skips() {
        return skips;
    }

    /** Returns whether the file ends in the middle of a frame. */
    boolean isCutOff() {
        return cutOff;
    }

    private boolean isExpected(MpegHeader header) {
        return current == null || header.continues(current);
    }

    private boolean isFollowed(MpegHeader header) throws IOException {
        byte[] ahead = in.peek(header.frameBytes() + MpegHeader.BYTES);
        MpegHeader next = MpegHeader.parse(ahead, header.frameBytes());
        return next != null && next.continues(header);
    }

    /** Returns whether another frame starts before the end of this one, and none at its end. */
    private boolean isCutShort(MpegHeader header) throws IOException {
        if (isFollowed(header)) {
            return false;
        }
        byte[] ahead = in.peek(PROBE);
        for (int at = MpegHeader.BYTES; at < Math.min(header.frameBytes(), ahead.length); at++) {
            if (isRowOfStream(ahead, at)) {
                return true;
            }
        }
        return false;
    }

    private boolean isRowOfStream(byte[] ahead, int at) {
        MpegHeader header = MpegHeader.parse(ahead, at);
        return header != null && isRow(ahead, at, isExpected(header) ? HEADERS_AFTER_PROOF + 1 : HEADERS_IN_A_ROW);
    }

    /** Returns the number of bytes before the next frames, or before the next part of the file that may contain some. */
    private int nextRow() throws IOException {
        byte[] ahead = in.peek(PROBE);
        for (int at = 1; at < ahead.length; at++) {
            if (isRowOfStream(ahead, at)) {
                return at;
            }
        }
        return ahead.length < PROBE ? ahead.length : PROBE - NEAR_START * (HEADERS_IN_A_ROW - 1);
    }

    /** Returns whether no frame follows: the end of the file, a tag or padding. */
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
}
