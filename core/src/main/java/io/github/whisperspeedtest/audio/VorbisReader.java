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
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads Vorbis in Ogg, one stream or several one after the other; streams beside the first one are passed over.
 *
 * <p>Pages carry a checksum, so a damaged one is noticed and is an error. A file that ends between two pages is taken for a
 * recording that was stopped. Layout: RFC 3533 and the Vorbis I specification of Xiph.Org.
 */
final class VorbisReader {
    private static final int CHUNK = 1 << 13;
    private static final int HEADER_PACKETS = 3;
    private static final int COMMENT_HEADER = 1;

    private static final Logger LOG = LoggerFactory.getLogger(VorbisReader.class);

    private final PeekableInput in;
    private final PcmSink sink;
    private final SyncState sync = new SyncState();
    private final Page page = new Page();
    private final Packet packet = new Packet();

    private @Nullable Link link;
    private long frames;
    private int sampleRate = 1;
    private float[] interleaved = new float[0];

    private VorbisReader(PeekableInput in, PcmSink sink) {
        this.in = in;
        this.sink = sink;
    }

    static void read(PeekableInput in, PcmSink sink) throws IOException {
        new VorbisReader(in, sink).read();
    }

    private void read() throws IOException {
        sync.init();
        boolean damaged = false;
        while (true) {
            int result = sync.pageout(page);
            if (result > 0) {
                if (damaged) {
                    throw damaged("an intact Ogg page", "one that is damaged or missing", null);
                }
                take();
            } else if (result < 0) {
                damaged = true;
            } else {
                int at = sync.buffer(CHUNK);
                int count = in.read(sync.data, at, CHUNK);
                if (count < 0) {
                    break;
                }
                sync.wrote(count);
            }
        }
        if (link == null || !link.ended) {
            if (damaged || link == null || link.headers < HEADER_PACKETS) {
                throw damaged("more Ogg pages", "the end of the file", null);
            }
            LOG.warn("The Ogg Vorbis audio stops without its last page, after {} samples", frames);
        }
    }

    private void take() throws IOException {
        if (page.bos() != 0 && (link == null || link.ended) && isVorbis()) {
            link = new Link(page.serialno());
        }
        if (link == null || link.ended || page.serialno() != link.serial) {
            return;
        }
        if (link.stream.pagein(page) < 0) {
            throw damaged("an Ogg page of version 0", "another", null);
        }
        while (true) {
            int result = link.stream.packetout(packet);
            if (result == 0) {
                break;
            }
            if (result < 0) {
                throw damaged("the next Ogg page", "that pages are missing", null);
            }
            if (link.headers < HEADER_PACKETS) {
                header(link);
            } else {
                sound(link);
            }
        }
        if (page.eos() != 0) {
            link.ended = true;
        } else if (page.granulepos() >= 0 && link.headers == HEADER_PACKETS && !link.placed) {
            // More than was decoded, where a recording of a broadcast begins somewhere.
            link.placed = link.decoded > 0;
            link.origin = Math.max(0, page.granulepos() - link.decoded);
        }
    }

    private boolean isVorbis() {
        return page.body_len >= 7
                && page.body_base[page.body] == 1
                && new String(page.body_base, page.body + 1, 6, StandardCharsets.ISO_8859_1).equals("vorbis");
    }

    private void header(Link link) throws IOException {
        if (link.headers == COMMENT_HEADER) {
            // The library would believe any length inside the comments, and nobody reads them.
            emptyComments(packet);
        }
        int result;
        try {
            result = link.info.synthesis_headerin(link.comment, packet);
        } catch (OutOfMemoryError e) {
            // Sizes of tables come from the file unchecked.
            throw damaged(
                    "a Vorbis header with tables of sensible size", "one that needs more memory than there is", e);
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
        if (link.block.synthesis(packet) != 0) {
            throw damaged("a packet of Vorbis sound", "one that cannot be decoded", null);
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

    /** The last page says how many samples there are; its last packet holds some more. */
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
        sink.write(interleaved, count);
        frames += count;
    }

    private MalformedAudioException damaged(String expected, String found, @Nullable Throwable cause) {
        return new MalformedAudioException(
                String.format(
                        Locale.ROOT,
                        "expected %s after %d samples (%.3f s) of Ogg Vorbis, found %s. The file is damaged or cut off; copy it again",
                        expected,
                        frames,
                        (double) frames / sampleRate,
                        found),
                cause);
    }

    /** One logical stream from its first page to its last. */
    private static final class Link {
        private final int serial;
        private final StreamState stream = new StreamState();
        private final Info info = new Info();
        private final Comment comment = new Comment();
        private final DspState dsp = new DspState();
        private final Block block = new Block(dsp);
        private int headers;
        private long decoded;

        /** Position of the first decoded sample, once known. */
        private long origin;

        private boolean placed;
        private boolean ended;

        Link(int serial) {
            this.serial = serial;
            stream.init(serial);
            info.init();
            comment.init();
        }
    }
}
