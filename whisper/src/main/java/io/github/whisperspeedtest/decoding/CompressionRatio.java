package io.github.whisperspeedtest.decoding;

import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;

/** Computes the compression ratio of a text, which is high for repetitive text. Source: openai/whisper's {@code utils.py}. */
public final class CompressionRatio {
    private CompressionRatio() {}

    /** Returns the length of the text in UTF-8 divided by its length after zlib; 0 for an empty text. */
    public static double of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] buffer = new byte[512];
            int compressed = 0;
            while (!deflater.finished()) {
                compressed += deflater.deflate(buffer);
            }
            return (double) bytes.length / compressed;
        } finally {
            deflater.end();
        }
    }
}
