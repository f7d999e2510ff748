package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Identifies files that have no Java decoder.
 *
 * <p>Sources: the format specifications, and IANA's list of file signatures for media types.
 */
final class UnsupportedContent {
    private static final int SHOWN_BYTES = 12;
    private static final int OGG_PAGE_HEADER = 27;

    private static final int TRANSPORT_PACKET = 188;
    private static final int SHOWN_CHARACTERS = 30;

    /**
     * A kind of file.
     *
     * @param name name with article
     * @param offset offset of the signature
     * @param mark signature as ISO 8859-1
     * @param advice next step for a file without audio, empty for one that may contain audio
     */
    private record Kind(String name, int offset, String mark, String advice) {
        Kind(String name, int offset, String mark) {
            this(name, offset, mark, "");
        }
    }

    /** Files that ffmpeg may be able to decode. */
    private static final List<Kind> MEDIA = List.of(
            new Kind("an MP4, M4A or QuickTime file", 4, "ftyp"),
            new Kind("a QuickTime file", 4, "moov"),
            new Kind("a QuickTime file", 4, "mdat"),
            new Kind("a Matroska or WebM file", 0, "\u001a\u0045\u00df\u00a3"),
            new Kind("a Windows Media file", 0, "\u0030\u0026\u00b2\u0075\u008e\u0066\u00cf\u0011"),
            new Kind("an AVI file", 8, "AVI "),
            new Kind("a Flash video", 0, "FLV\u0001"),
            new Kind("an AIFF file", 8, "AIFF"),
            new Kind("an AIFF file", 8, "AIFC"),
            new Kind("a Core Audio file", 0, "caff"),
            new Kind("a Sun AU file", 0, ".snd"),
            new Kind("an AMR file", 0, "#!AMR"),
            new Kind("an MPEG program stream", 0, "\u0000\u0000\u0001\u00ba"),
            new Kind("an MPEG video", 0, "\u0000\u0000\u0001\u00b3"),
            new Kind("an MPEG transport stream", 188, "G"),
            new Kind("AC-3 audio", 0, "\u000b\u0077"),
            new Kind("an AAC file", 0, "ADIF"),
            new Kind("a Monkey's Audio file", 0, "MAC "),
            new Kind("a WavPack file", 0, "wvpk"),
            new Kind("a Musepack file", 0, "MPCK"),
            new Kind("a True Audio file", 0, "TTA1"),
            new Kind("a RealMedia file", 0, ".RMF"),
            new Kind("a NIST SPHERE file", 0, "NIST_1A"),
            new Kind("a DSD file", 0, "DSD "));

    private static final String UNPACK = "Unpack it first";
    private static final String SPECIFY_RECORDING = "Specify the recording itself";

    /** Files that never contain audio. */
    private static final List<Kind> SOUNDLESS = List.of(
            new Kind(
                    "a git-lfs pointer in place of the recording",
                    0,
                    "version https://git-lfs",
                    "Run 'git lfs pull' in its repository"),
            new Kind("a PDF document", 0, "%PDF-", SPECIFY_RECORDING),
            new Kind("a ZIP archive", 0, "PK\u0003\u0004", UNPACK),
            new Kind("a gzip archive", 0, "\u001f\u008b", UNPACK),
            new Kind("a 7-Zip archive", 0, "7z\u00bc\u00af\u0027\u001c", UNPACK),
            new Kind("a RAR archive", 0, "Rar!", UNPACK),
            new Kind("a PNG image", 0, "\u0089PNG", SPECIFY_RECORDING),
            new Kind("a JPEG image", 0, "\u00ff\u00d8\u00ff", SPECIFY_RECORDING),
            new Kind("a GIF image", 0, "GIF8", SPECIFY_RECORDING));

    private UnsupportedContent() {}

    /** Returns whether the bytes start a known kind of file, so that audio after other bytes is not searched for. */
    static boolean isKnown(byte[] head) {
        return kind(MEDIA, head).isPresent()
                || kind(SOUNDLESS, head).isPresent()
                || Bytes.startsWith(head, 0, "OggS")
                || isHtml(head);
    }

    /**
     * Returns the exception for content without a Java decoder.
     *
     * @param head the first bytes, as many as available
     * @return a {@link NoSoundException} for content without audio, otherwise a {@link UnsupportedCodecException}
     */
    static IOException failure(byte[] head) {
        if (head.length == 0) {
            return new NoSoundException("expected audio, found nothing (0 bytes). Record or copy it again");
        }
        if (Bytes.areZero(head)) {
            return new NoSoundException("expected audio, found only zeros in its first " + head.length
                    + " bytes. The file was not written completely; copy it again from its source");
        }
        if (isHtml(head)) {
            return new NoSoundException("expected audio, found an HTML page in place of the recording."
                    + " Download it again from the URL of the file itself; sign in if required");
        }
        Optional<Kind> soundless = kind(SOUNDLESS, head);
        if (soundless.isPresent()) {
            return new NoSoundException("expected audio, found "
                    + soundless.get().name() + ". " + soundless.get().advice());
        }
        return new UnsupportedCodecException(kind(MEDIA, head)
                .map(kind -> "it is " + kind.name())
                .or(() -> ogg(head))
                .or(() -> text(head))
                .orElseGet(() -> "it is not WAV, FLAC, MP3 or Ogg Vorbis; it starts with the bytes "
                        + Bytes.hex(Arrays.copyOf(head, Math.min(head.length, SHOWN_BYTES)))));
    }

    private static Optional<Kind> kind(List<Kind> kinds, byte[] head) {
        return kinds.stream().filter(kind -> is(kind, head)).findFirst();
    }

    private static boolean is(Kind kind, byte[] head) {
        return Bytes.startsWith(head, kind.offset(), kind.mark())
                // A single letter proves nothing; it starts every packet.
                && (kind.offset() != TRANSPORT_PACKET
                        || Bytes.startsWith(head, 0, kind.mark())
                                && Bytes.startsWith(head, 2 * TRANSPORT_PACKET, kind.mark()));
    }

    private static boolean isHtml(byte[] head) {
        String start = new String(head, 0, Math.min(head.length, 1024), StandardCharsets.UTF_8)
                .replace("\ufeff", "")
                .strip()
                .toLowerCase(Locale.ROOT);
        return start.startsWith("<!doctype html")
                || start.startsWith("<html")
                || start.startsWith("<head")
                || start.startsWith("<?xml") && start.contains("<html");
    }

    private static Optional<String> ogg(byte[] head) {
        if (!Bytes.startsWith(head, 0, "OggS") || head.length < OGG_PAGE_HEADER) {
            return Optional.empty();
        }
        int packet = OGG_PAGE_HEADER + (head[OGG_PAGE_HEADER - 1] & 0xff);
        return Optional.of("it is an Ogg file"
                + (Bytes.startsWith(head, packet, "OpusHead")
                        ? " of Opus"
                        : Bytes.startsWith(head, packet, "Speex")
                                ? " of Speex"
                                : Bytes.startsWith(head, packet, "\u007fFLAC") ? " of FLAC" : " without Vorbis"));
    }

    /** Describes a text file by its first characters. */
    private static Optional<String> text(byte[] head) {
        String start = new String(head, 0, Math.min(head.length, 1024), StandardCharsets.UTF_8);
        // The last character may be incomplete.
        String whole = start.endsWith("\uFFFD") ? start.substring(0, start.length() - 1) : start;
        boolean isText = whole.length() > 3
                && whole.codePoints().allMatch(c -> c != 0xFFFD && (c >= ' ' || c == '\n' || c == '\r' || c == '\t'));
        return isText
                ? Optional.of("it is a text that begins with '"
                        + whole.strip()
                                .lines()
                                .findFirst()
                                .orElse("")
                                .codePoints()
                                .limit(SHOWN_CHARACTERS)
                                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        + "'")
                : Optional.empty();
    }
}
