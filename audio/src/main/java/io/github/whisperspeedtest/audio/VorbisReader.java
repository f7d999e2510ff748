package io.github.whisperspeedtest.audio;

import com.jcraft.jogg.Packet;
import com.jcraft.jogg.Page;
import com.jcraft.jogg.StreamState;
import com.jcraft.jogg.SyncState;
import com.jcraft.jorbis.Block;
import com.jcraft.jorbis.Comment;
import com.jcraft.jorbis.DspState;
import com.jcraft.jorbis.Info;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads Ogg Vorbis, including chained streams. Streams multiplexed with the first one are skipped.
 *
 * <p>Pages have checksums, so damaged pages are detected and dropped. The next page states the position of its audio,
 * and the gap is filled with silence. Format: RFC 3533 and the Vorbis I specification of Xiph.Org.
 */
final class VorbisReader {
    private static final int CHUNK = 1 << 13;
    private static final int HEADER_PACKETS = 3;
    private static final int COMMENT_HEADER = 1;

    /** Maximum silence in seconds inserted for missing pages. */
    private static final int MAX_GAP = 600;

    private final PeekableInput in;
    private final PcmSink sink;
    private final SyncState sync = new SyncState();
    private final Page page = new Page();
    private final Packet packet = new Packet();

    private @Nullable Link link;
    private long frames;
    private int sampleRate = 1;
    private float[] interleaved = new float[0];

    /** Audio of a page after a loss, whose position is known when the page ends; otherwise empty. */
    private final List<float[]> held = new ArrayList<>();

    private long lost;
    private int losses;
    private double firstLoss;

    private VorbisReader(PeekableInput in, PcmSink sink) {
        this.in = in;
        this.sink = sink;
    }

    static void read(PeekableInput in, PcmSink sink) throws IOException {
        new VorbisReader(in, sink).read();
    }

    private void read() throws IOException {
        sync.init();
        while (true) {
            int result = sync.pageout(page);
            if (result > 0) {
                take();
            } else if (result < 0) {
                noteLoss();
            } else {
                int at = sync.buffer(CHUNK);
                int count = in.read(sync.data, at, CHUNK);
                if (count < 0) {
                    break;
                }
                sync.wrote(count);
            }
        }
        if (link == null || link.headers < HEADER_PACKETS) {
            throw damaged("more Ogg pages", "the end of the file", null);
        }
        passHeld(0);
        if (losses > 0) {
            sink.warn(LossWarnings.silence((double) lost / sampleRate, losses, firstLoss));
        }
        if (!link.ended) {
            sink.warn("The recording is truncated after " + LossWarnings.seconds((double) frames / sampleRate)
                    + ": its last Ogg page is missing. The amount of missing audio is unknown.");
        }
    }

    private void noteLoss() {
        // Bytes after the last page are not audio.
        if (link != null && !link.ended) {
            link.hole = true;
        }
    }

    private void take() throws IOException {
        if (page.bos() != 0 && isVorbis() && (link == null || link.ended || link.decoded > 0)) {
            endLink();
            link = new Link(page.serialno());
        }
        if (link == null || link.ended || page.serialno() != link.serial) {
            return;
        }
        if (link.stream.pagein(page) < 0) {
            noteLoss();
            return;
        }
        while (true) {
            int result = link.stream.packetout(packet);
            if (result == 0) {
                break;
            }
            if (result < 0) {
                link.hole = true;
            } else if (link.headers < HEADER_PACKETS) {
                header(link);
            } else {
                sound(link);
            }
        }
        if (page.granulepos() >= 0 && link.headers == HEADER_PACKETS) {
            place(link);
        }
        link.ended = page.eos() != 0;
    }

    /** Compares the decoded length with the end position stated in the page. */
    private void place(Link link) throws IOException {
        if (link.hole) {
            long gap = page.granulepos() - link.origin - link.decoded;
            passHeld(gap > 0 && gap <= (long) MAX_GAP * sampleRate ? gap : 0);
            link.placed = true;
            link.hole = false;
        } else if (!link.placed && page.eos() == 0) {
            // Less was decoded than stated if the recording of a broadcast starts in the middle.
            link.placed = link.decoded > 0;
            link.origin = Math.max(0, page.granulepos() - link.decoded);
        }
    }

    /** Ends a stream when another one starts, whether or not its last page was found. */
    private void endLink() throws IOException {
        if (link != null && !link.ended) {
            link.hole = true;
            passHeld(0);
        }
    }

    /** Passes on the audio held back since a loss, after silence for the gap before it. */
    private void passHeld(long gap) throws IOException {
        if (link == null || !link.hole) {
            return;
        }
        if (losses == 0) {
            firstLoss = (double) frames / sampleRate;
        }
        losses++;
        lost += gap;
        link.decoded += gap;
        float[] silence = new float[CHUNK * link.info.channels];
        for (long left = gap; left > 0; left -= CHUNK) {
            write(silence, (int) Math.min(left, CHUNK));
        }
        for (float[] block : held) {
            write(block, block.length / link.info.channels);
        }
        held.clear();
    }

    private void write(float[] block, int count) throws IOException {
        sink.write(block, count);
        frames += count;
    }

    private boolean isVorbis() {
        return page.body_len >= 7
                && page.body_base[page.body] == 1
                && new String(page.body_base, page.body + 1, 6, StandardCharsets.ISO_8859_1).equals("vorbis");
    }

    private void header(Link link) throws IOException {
        if (link.headers == COMMENT_HEADER) {
            // The library trusts any length in the comments, which are not used.
            emptyComments(packet);
        }
        int result;
        try {
            result = link.info.synthesis_headerin(link.comment, packet);
        } catch (OutOfMemoryError e) {
            // Table sizes come from the file without validation.
            throw damaged("a Vorbis header with tables of reasonable size", "one that exceeds the available memory", e);
        }
        if (result < 0) {
            throw damaged("Vorbis header " + (link.headers + 1) + " of " + HEADER_PACKETS, "a damaged one", null);
        }
        link.headers++;
        if (link.headers == HEADER_PACKETS) {
            sink.begin(link.info.rate, link.info.channels);
            sampleRate = link.info.rate;
            link.dsp.synthesis_init(link.info);
            link.block.init(link.dsp);
        }
    }

    private static void emptyComments(Packet packet) {
        byte[] bytes = new byte[7 + 4 + 4 + 1];
        bytes[0] = 3;
        System.arraycopy("vorbis".getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 1, 6);
        bytes[bytes.length - 1] = 1;
        packet.packet_base = bytes;
        packet.packet = 0;
        packet.bytes = bytes.length;
    }

    private void sound(Link link) throws IOException {
        if (!synthesize(link)) {
            link.hole = true;
            return;
        }
        link.dsp.synthesis_blockin(link.block);
        float[][][] planes = new float[1][][];
        int[] starts = new int[link.info.channels];
        int count = link.dsp.synthesis_pcmout(planes, starts);
        while (count > 0) {
            pass(planes[0], starts, (int) Math.min(count, remaining(link)));
            link.decoded += count;
            link.dsp.synthesis_read(count);
            count = link.dsp.synthesis_pcmout(planes, starts);
        }
    }

    private boolean synthesize(Link link) {
        try {
            return link.block.synthesis(packet) == 0;
        } catch (RuntimeException e) {
            // The library validates little inside a packet.
            return false;
        }
    }

    /** The last page states the number of samples; its last packet contains more. */
    private long remaining(Link link) {
        return page.eos() == 0 || page.granulepos() < 0
                ? Long.MAX_VALUE
                : Math.max(0, page.granulepos() - link.origin - link.decoded);
    }

    private void pass(float[][] planes, int[] starts, int count) throws IOException {
        int channels = starts.length;
        if (interleaved.length < count * channels) {
            interleaved = new float[count * channels];
        }
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < count; i++) {
                interleaved[i * channels + channel] = planes[channel][starts[channel] + i];
            }
        }
        if (link != null && link.hole) {
            held.add(Arrays.copyOf(interleaved, count * channels));
        } else {
            write(interleaved, count);
        }
    }

    private MalformedAudioException damaged(String expected, String found, @Nullable Throwable cause) {
        return new MalformedAudioException(
                String.format(
                        Locale.ROOT,
                        "expected %s after %d samples (%.3f s) of Ogg Vorbis, found %s. The file is damaged or truncated; copy it again",
                        expected,
                        frames,
                        (double) frames / sampleRate,
                        found),
                cause);
    }

    /** One logical stream. */
    private static final class Link {
        private final int serial;
        private final StreamState stream = new StreamState();
        private final Info info = new Info();
        private final Comment comment = new Comment();
        private final DspState dsp = new DspState();
        private final Block block = new Block(dsp);
        private int headers;
        private long decoded;

        /** Position of the first decoded sample, if known. */
        private long origin;

        private boolean placed;
        private boolean ended;

        /** Whether anything was lost since the last page that stated its position. */
        private boolean hole;

        Link(int serial) {
            this.serial = serial;
            stream.init(serial);
            info.init();
            comment.init();
        }
    }
}
