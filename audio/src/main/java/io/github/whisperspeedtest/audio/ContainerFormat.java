package io.github.whisperspeedtest.audio;

import java.io.IOException;

/** Detects the format of a file from its first bytes, regardless of its name. */
enum ContainerFormat {
    WAV,
    FLAC,
    OGG_VORBIS,
    MPEG_AUDIO,
    OTHER;

    private static final int OGG_PAGE_HEADER = 27;

    /**
     * Detects the format and positions the stream at its start. Skips ID3v2 tags before any format, and other bytes
     * before WAV, FLAC and Ogg.
     */
    static ContainerFormat detect(PeekableInput in) throws IOException {
        boolean tagged = MpegFrames.skipId3(in);
        byte[] head = in.peek(PeekableInput.WINDOW);
        ContainerFormat first = at(head, 0);
        if (first != OTHER || UnsupportedContent.isKnown(head)) {
            return first;
        }
        if (MpegFrames.startIn(head, tagged) >= 0) {
            return MPEG_AUDIO;
        }
        for (int start = 1; start < head.length; start++) {
            // Check only bytes that can start a header.
            if (head[start] == 'R' || head[start] == 'f' || head[start] == 'O') {
                ContainerFormat found = at(head, start);
                if (found != OTHER) {
                    in.skipBlock(start);
                    return found;
                }
            }
        }
        return OTHER;
    }

    private static ContainerFormat at(byte[] head, int start) {
        if (WavReader.begins(head, start)) {
            return WAV;
        }
        if (Bytes.startsWith(head, start, "fLaC")) {
            return FLAC;
        }
        if (Bytes.startsWith(head, start, "OggS")) {
            int lacing = start + OGG_PAGE_HEADER - 1;
            int segments = lacing < head.length ? head[lacing] & 0xff : 0;
            return Bytes.startsWith(head, start + OGG_PAGE_HEADER + segments, "\u0001vorbis") ? OGG_VORBIS : OTHER;
        }
        return OTHER;
    }
}
