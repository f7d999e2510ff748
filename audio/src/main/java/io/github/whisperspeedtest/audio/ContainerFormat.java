package io.github.whisperspeedtest.audio;

import java.io.IOException;

/** What a file is by its first bytes; names and extensions are not asked. */
enum ContainerFormat {
    WAV,
    FLAC,
    OGG_VORBIS,
    MPEG_AUDIO,
    OTHER;

    private static final int OGG_PAGE_HEADER = 27;

    /**
     * Recognises a file, and leaves the stream at its beginning: ID3v2 tags, which may stand before every kind, and other bytes
     * before WAV, FLAC and Ogg are passed over.
     */
    static ContainerFormat recognise(PeekableInput in) throws IOException {
        boolean tagged = MpegFrames.skipId3(in);
        byte[] head = in.peek(PeekableInput.WINDOW);
        ContainerFormat first = at(head, 0);
        if (first != OTHER || ForeignContent.isKnown(head)) {
            return first;
        }
        if (MpegFrames.startIn(head, tagged) >= 0) {
            return MPEG_AUDIO;
        }
        for (int start = 1; start < head.length; start++) {
            // Only bytes that a header can begin with are worth a closer look.
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
