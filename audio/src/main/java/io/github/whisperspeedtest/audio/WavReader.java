package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads WAV: RIFF, RIFX, RF64, BW64 and Sony Wave64 files with integer, floating-point, A-law, mu-law or MPEG audio
 * samples.
 *
 * <p>Headers are treated as hints where they contradict the file. Crashed recorders, programs that write to a pipe and
 * programs that count wrongly leave invalid lengths, so every length is checked against the following bytes: the data
 * present is read, and a warning describes the loss. A placeholder as the length of the samples (0, or a value just
 * below 2 or 4 GiB) means the end of the file, without a warning.
 *
 * <p>Format: Microsoft, <i>Multimedia Programming Interface and Data Specifications 1.0</i> and <i>Multiple Channel
 * Audio Data and WAVE Files</i>; RF64: EBU Tech 3306; Wave64: Sony Pictures Digital, <i>Sony Wave64</i>.
 */
final class WavReader {
    private static final int MPEG_LAYER_2 = 0x50;
    private static final int MP3 = 0x55;

    /** Placeholder for a length that does not fit a 32-bit field. */
    private static final long UNKNOWN = 0xFFFFFFFFL;

    /** Longer chunks are not trusted without further evidence; the largest real ones contain a picture. */
    private static final long MAX_UNVERIFIED_CHUNK = 1L << 28;

    /** Chunks that are recognized by their name alone, whatever length they state. */
    private static final Set<String> KNOWN_CHUNKS = Set.of(
            "fmt ", "data", "ds64", "LIST", "fact", "cue ", "plst", "bext", "iXML", "axml", "chna", "JUNK", "junk",
            "PAD ", "FLLR", "PEAK", "smpl", "inst", "id3 ", "ID3 ", "DISP", "cart", "acid", "_PMX", "RIFF", "RF64");

    /** Files have a few chunks before the samples; a hostile header could have thousands. */
    private static final int MAX_ESTIMATE_CHUNKS = 100;

    private static final Set<String> RIFF_MARKS = Set.of("RIFF", "RIFX", "RF64", "BW64");

    /** Tags that other programs append to a file; not audio. */
    private static final Set<String> TAGS = Set.of("TAG", "ID3", "APE");

    private static final int FRAMES_PER_BLOCK = 4096;

    private final PeekableInput in;
    private final PcmSink sink;

    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private boolean wave64;
    private long riffLength;
    private long longDataLength = -1;
    private @Nullable WavFormat format;
    private @Nullable Path early;
    private boolean found;

    /** Number of bytes of the last skipped chunk that are beyond the end of the stream. */
    private long unread;

    private WavReader(PeekableInput in, PcmSink sink) {
        this.in = in;
        this.sink = sink;
    }

    /** Returns whether a supported kind of WAV file starts at an offset. */
    static boolean begins(byte[] head, int at) {
        return RIFF_MARKS.contains(Bytes.text(head, at, 4)) && Bytes.startsWith(head, at + 8, "WAVE")
                || Bytes.startsWith(head, at, "riff")
                        && Bytes.startsWith(head, at + 24, "wave")
                        && head.length >= at + 40;
    }

    static void read(PeekableInput in, PcmSink sink) throws IOException {
        WavReader reader = new WavReader(in, sink);
        try {
            reader.readFiles();
        } finally {
            if (reader.early != null) {
                Files.deleteIfExists(reader.early);
            }
        }
    }

    /** Files may be concatenated. */
    private void readFiles() throws IOException {
        do {
            header();
            chunks();
        } while (begins(in.peek(40), 0));
        if (!found) {
            throw new MalformedAudioException(
                    "expected a WAV header followed by a 'data' chunk, found the end of the file at byte "
                            + in.position() + " and " + (format == null ? "no 'fmt ' chunk" : "no 'data' chunk")
                            + ". The file is truncated or its header is damaged; copy or record it again");
        }
    }

    private void header() throws IOException {
        byte[] head = in.peek(40);
        wave64 = head[0] == 'r';
        order = Bytes.text(head, 0, 4).equals("RIFX") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer fields = ByteBuffer.wrap(head).order(order);
        riffLength = wave64 ? fields.getLong(16) : fields.getInt(4) & UNKNOWN;
        longDataLength = -1;
        in.skipBlock(wave64 ? 40 : 12);
    }

    /**
     * Estimates the duration from the header.
     *
     * @param in positioned at the header
     * @param visible position up to which the stream has the content of the file
     * @return seconds; 0, NaN or infinite if unknown
     * @throws IOException if the header is damaged or the samples need another decoder
     */
    static double estimate(PeekableInput in, int visible, PcmSink sink) throws IOException {
        WavReader reader = new WavReader(in, sink);
        reader.header();
        for (int i = 0; i < MAX_ESTIMATE_CHUNKS && in.position() < visible && reader.isChunkNext(); i++) {
            boolean isFormatKnown = reader.format != null;
            OptionalLong samples = reader.chunk();
            if (in.position() > visible) {
                // The rest of the chunk is unknown, so it must not be used.
                return isFormatKnown ? reader.estimate(0, visible) : 0;
            }
            if (samples.isPresent()) {
                return reader.estimate(samples.getAsLong(), visible);
            }
        }
        return reader.estimate(0, visible);
    }

    private double estimate(long stated, int visible) throws IOException {
        if (format == null) {
            return 0;
        }
        if (isMpeg(format)) {
            return MpegReader.estimate(in, visible, sink);
        }
        long available = in.size() - in.position() - unread;
        boolean isCredible = stated > 0 && !isPlaceholder(stated) && available - stated <= MAX_UNVERIFIED_CHUNK;
        return seconds(format, isCredible ? Math.min(stated, available) : available);
    }

    private void chunks() throws IOException {
        while (isChunkNext()) {
            OptionalLong samples = chunk();
            if (samples.isPresent()) {
                data(samples.getAsLong());
            }
        }
    }

    private boolean isChunkNext() throws IOException {
        return in.peek(chunkHeader()).length == chunkHeader() && !begins(in.peek(40), 0);
    }

    /** Reads a chunk. If it is that of the samples, reads only its header and returns the length that it states. */
    private OptionalLong chunk() throws IOException {
        byte[] ahead = in.peek(chunkHeader());
        String id = Bytes.text(ahead, 0, 4);
        long length = chunkLength(ahead, 0);
        in.skipBlock(chunkHeader());
        switch (id) {
            case "fmt " -> {
                format = WavFormat.parse(in.peek(WavFormat.MAX_LENGTH), length, order, sink);
                skip(length);
                readEarly();
            }
            case "ds64" -> {
                if (length >= 24) {
                    longDataLength = ByteBuffer.wrap(in.peek(24)).order(order).getLong(8);
                }
                skip(length);
            }
            case "data" -> {
                return OptionalLong.of(length == UNKNOWN && longDataLength > 0 ? longDataLength : length);
            }
            default -> skip(length);
        }
        return OptionalLong.empty();
    }

    private static boolean isMpeg(WavFormat format) {
        return format.code() == MPEG_LAYER_2 || format.code() == MP3;
    }

    private void data(long length) throws IOException {
        if (format == null) {
            keep(length);
        } else if (isMpeg(format)) {
            MpegReader.read(in, sink);
            found = true;
        } else {
            samples(in, format, length);
            found = true;
        }
    }

    /** Stores samples whose format is not known yet in a temporary file, because they may not fit in memory. */
    private void keep(long length) throws IOException {
        if (early != null) {
            skip(length);
            return;
        }
        early = Files.createTempFile("whisper-speedtest", ".pcm");
        try (OutputStream target = Files.newOutputStream(early)) {
            byte[] part = new byte[1 << 14];
            for (long left = length; left > 0; ) {
                int count = in.readBlock(part, (int) Math.min(part.length, left));
                if (count == 0) {
                    break;
                }
                target.write(part, 0, count);
                left -= count;
            }
        }
        in.skipBlock(length & 1);
    }

    private void readEarly() throws IOException {
        if (early == null || format == null) {
            return;
        }
        try (PeekableInput samples = new PeekableInput(Files.newInputStream(early))) {
            samples(samples, format, Files.size(early));
            found = true;
        }
        Files.delete(early);
        early = null;
    }

    private void samples(PeekableInput source, WavFormat kind, long length) throws IOException {
        sink.begin(kind.sampleRate(), kind.channels());
        if (length == 0 && !isRiffLengthKnown() || isPlaceholder(length)) {
            frames(source, kind, Long.MAX_VALUE);
            return;
        }
        long whole = length - length % kind.frameBytes();
        long read = frames(source, kind, whole);
        double stated = seconds(kind, length);
        if (read < whole) {
            sink.warn(LossWarnings.cutOff(seconds(kind, read), stated));
        } else if (source == in) {
            endSamples(kind, length, stated);
        }
    }

    /** Continues after the stated end of the samples if more audio follows; otherwise positions the stream at the next chunk. */
    private void endSamples(WavFormat kind, long length, double stated) throws IOException {
        int rest = (int) (length % kind.frameBytes());
        if (isMoreSound(kind, in.peek(PeekableInput.WINDOW), rest)) {
            long more = frames(in, kind, Long.MAX_VALUE);
            sink.warn("Its header states " + LossWarnings.seconds(stated) + " of audio, but there are "
                    + LossWarnings.seconds(stated + seconds(kind, more)) + "; all of it was read.");
            return;
        }
        in.skipBlock(rest);
        if (wave64) {
            in.skipBlock(-(chunkHeader() + length) & 7);
        } else if (!startsChunk(in.peek(PeekableInput.WINDOW), 0)) {
            in.skipBlock(length & 1);
        }
    }

    private static double seconds(WavFormat kind, long bytes) {
        return (double) bytes / kind.frameBytes() / kind.sampleRate();
    }

    /** Passes on frames up to a number of bytes or the end, and returns the number of bytes. */
    private long frames(PeekableInput source, WavFormat kind, long bytes) throws IOException {
        int frameBytes = kind.frameBytes();
        byte[] block = new byte[FRAMES_PER_BLOCK * frameBytes];
        float[] samples = new float[FRAMES_PER_BLOCK * kind.channels()];
        long read = 0;
        while (read < bytes) {
            int wanted = (int) Math.min(block.length, bytes - read);
            int count = source.readBlock(block, wanted);
            read += count;
            // The incomplete frame at the very end is not audio.
            int whole = count / frameBytes;
            kind.decode(block, whole * kind.channels(), samples);
            sink.write(samples, whole);
            if (count < wanted) {
                break;
            }
        }
        return read;
    }

    /**
     * Returns whether audio continues after the stated end of the samples: the following bytes are neither a chunk nor
     * a tag, and they are at least a second long or covered by the length of the whole file.
     */
    private boolean isMoreSound(WavFormat kind, byte[] ahead, int rest) {
        int padded = rest + (rest & 1);
        if (ahead.length - padded < kind.frameBytes()
                || startsChunk(ahead, rest)
                || startsChunk(ahead, padded)
                || startsChunk(ahead, rest + 1)
                || TAGS.contains(Bytes.text(ahead, padded, 3))) {
            return false;
        }
        long second = (long) kind.frameBytes() * kind.sampleRate();
        boolean inside = isRiffLengthKnown() && in.position() + ahead.length <= riffEnd() + 1;
        return !Bytes.areZero(ahead) && (inside || ahead.length >= Math.min(second, PeekableInput.WINDOW));
    }

    /** Skips a chunk, or a plausible part of it if its length is wrong. */
    private void skip(long length) throws IOException {
        long padded = wave64 ? length + (-(chunkHeader() + length) & 7) : length + (length & 1);
        byte[] ahead = in.peek(PeekableInput.WINDOW);
        boolean all = ahead.length < PeekableInput.WINDOW;
        if (padded <= ahead.length && (padded == ahead.length || startsChunk(ahead, (int) padded))) {
            in.skipBlock(padded);
        } else if (length < ahead.length && length >= 0 && startsChunk(ahead, (int) length)) {
            in.skipBlock(length);
        } else {
            int next = padded <= ahead.length || all || isRiffLengthKnown() && in.position() + length > riffEnd()
                    ? nextImportant(ahead)
                    : -1;
            long wanted = next >= 0 ? next : Math.max(0, padded);
            unread = wanted - in.skipBlock(wanted);
        }
    }

    /** Returns the offset of the next chunk that is required for audio, or -1. */
    private int nextImportant(byte[] ahead) {
        for (int at = 0; at + chunkHeader() <= ahead.length; at++) {
            String id = ahead[at] == 'f' || ahead[at] == 'd' ? Bytes.text(ahead, at, 4) : "";
            if (id.equals("data") && format != null
                    || id.equals("fmt ") && chunkLength(ahead, at) >= 14 && chunkLength(ahead, at) <= 64) {
                return at;
            }
        }
        return -1;
    }

    /** Returns whether a chunk starts at an offset: a known one, or four letters and a possible length. */
    private boolean startsChunk(byte[] ahead, int at) {
        if (at + chunkHeader() > ahead.length) {
            return false;
        }
        String id = Bytes.text(ahead, at, 4);
        if (KNOWN_CHUNKS.contains(id)) {
            return true;
        }
        long length = chunkLength(ahead, at);
        long limit = ahead.length < PeekableInput.WINDOW ? ahead.length - at - chunkHeader() + 1 : MAX_UNVERIFIED_CHUNK;
        return id.chars().allMatch(c -> c == ' ' || c == '_' || c < 0x7f && Character.isLetterOrDigit(c))
                && length >= 0
                && length <= limit;
    }

    private int chunkHeader() {
        return wave64 ? 24 : 8;
    }

    private long chunkLength(byte[] bytes, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
        return wave64 ? buffer.getLong(at + 16) - 24 : buffer.getInt(at + 4) & UNKNOWN;
    }

    private long riffEnd() {
        return wave64 ? riffLength : riffLength + 8;
    }

    private boolean isRiffLengthKnown() {
        // A length that ends before the current position does not cover the following bytes.
        return !isPlaceholder(riffLength) && riffEnd() > in.position();
    }

    /** SoX writes 0x7FFFF000 to a pipe, arecord 0x80000000 or slightly less, ffmpeg 0xFFFFFFFF. */
    private static boolean isPlaceholder(long length) {
        return length < 0
                || length >= 0x7FFFF000L && length <= 0x80000000L
                || length >= 0xFFFFF000L && length <= UNKNOWN;
    }
}
