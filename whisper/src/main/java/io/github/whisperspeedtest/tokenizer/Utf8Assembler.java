package io.github.whisperspeedtest.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes UTF-8 incrementally.
 *
 * <p>A token of Whisper's vocabulary can end in the middle of a character, and so can a segment; the bytes of an
 * unfinished character are held back for the next piece. Bytes that cannot become a character turn into U+FFFD.
 */
public final class Utf8Assembler {
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    private byte[] pending = {};

    /** Returns the characters that are whole now. */
    public String append(byte[] bytes) {
        ByteBuffer input = ByteBuffer.allocate(pending.length + bytes.length);
        input.put(pending).put(bytes).flip();
        // No byte becomes more than one character of UTF-16.
        CharBuffer output = CharBuffer.allocate(input.remaining());
        decoder.reset().decode(input, output, false);
        pending = new byte[input.remaining()];
        input.get(pending);
        return output.flip().toString();
    }

    /** Returns what was held back, as a replacement character, and begins anew. */
    public String flush() {
        String rest = new String(pending, StandardCharsets.UTF_8);
        pending = new byte[0];
        return rest;
    }
}
