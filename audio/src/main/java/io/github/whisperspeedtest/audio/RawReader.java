package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.io.InputStream;

/** Reads samples without a header. */
final class RawReader {
    private static final int FRAMES_PER_BLOCK = 4096;

    private RawReader() {}

    /** Reads a stream to its end. Bytes of an incomplete frame at the end are ignored, with a warning. */
    static void read(InputStream in, WavFormat format, PcmSink sink) throws IOException {
        sink.begin(format.sampleRate(), format.channels());
        int frameBytes = format.frameBytes();
        byte[] block = new byte[FRAMES_PER_BLOCK * frameBytes];
        float[] samples = new float[FRAMES_PER_BLOCK * format.channels()];
        int count;
        do {
            count = in.readNBytes(block, 0, block.length);
            int frames = count / frameBytes;
            format.decode(block, frames * format.channels(), samples);
            sink.write(samples, frames);
        } while (count == block.length);
        int rest = count % frameBytes;
        if (rest > 0) {
            sink.warn("It ends in the middle of a sample: the last " + (rest == 1 ? "byte was" : rest + " bytes were")
                    + " ignored. It may be cut off, or its format may be another one.");
        }
    }
}
