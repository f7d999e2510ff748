package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What a file is by its first bytes; names and extensions are not asked. */
enum ContainerFormat {
    WAV,
    FLAC,
    OGG_VORBIS,
    MPEG_AUDIO,
    OTHER;

    private static final int OGG_PAGE_HEADER = 27;

    /** Skips ID3v2 tags, which may stand before MP3 and FLAC, and recognises what follows. */
    static ContainerFormat recognise(PeekableInput in) throws IOException {
        boolean tagged = MpegFrames.skipId3(in);
        byte[] head = in.peek(64);
        if ((startsWith(head, 0, "RIFF") || startsWith(head, 0, "RF64") || startsWith(head, 0, "BW64"))
                && startsWith(head, 8, "WAVE")) {
            return WAV;
        }
        if (startsWith(head, 0, "fLaC")) {
            return FLAC;
        }
        if (startsWith(head, 0, "OggS")) {
            int segments = head.length > OGG_PAGE_HEADER - 1 ? head[OGG_PAGE_HEADER - 1] & 0xff : 0;
            byte[] page = in.peek(OGG_PAGE_HEADER + segments + 7);
            return startsWith(page, OGG_PAGE_HEADER + segments, "\u0001vorbis") ? OGG_VORBIS : OTHER;
        }
        return MpegFrames.startIn(in.peek(MpegFrames.PROBE), tagged) >= 0 ? MPEG_AUDIO : OTHER;
    }

    private static boolean startsWith(byte[] bytes, int offset, String magic) {
        byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < offset + expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (bytes[offset + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
