package io.github.whisperspeedtest.checkpoint.torch;

import io.github.whisperspeedtest.checkpoint.zip.FileErrors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads the arguments of a pickle's opcodes. */
final class PickleInput {
    /** Many times the longest name of a tensor. */
    private static final int MAX_TEXT_BYTES = 1 << 16;

    private static final int MAX_LINE_BYTES = 256;

    private final ByteBuffer bytes;
    private final FileErrors offences;

    PickleInput(byte[] pickle, FileErrors offences) {
        this.bytes = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        this.offences = offences;
    }

    /** Returns how many bytes have been read. */
    int position() {
        return bytes.position();
    }

    /** Returns how many bytes follow. */
    int remaining() {
        return bytes.remaining();
    }

    int unsignedByte() {
        return Byte.toUnsignedInt(require(Byte.BYTES).get());
    }

    int unsignedShort() {
        return Short.toUnsignedInt(require(Short.BYTES).getShort());
    }

    int integer() {
        return require(Integer.BYTES).getInt();
    }

    long eightBytes() {
        return require(Long.BYTES).getLong();
    }

    /** Returns a floating-point number, the one thing in a pickle that is big-endian. */
    double number() {
        return Double.longBitsToDouble(Long.reverseBytes(eightBytes()));
    }

    /** Returns an integer of the given number of bytes, in two's complement. */
    long integer(long length) {
        if (length < 0 || length > Long.BYTES) {
            throw offences.damaged("its pickle should have integers of at most " + Long.BYTES
                    + " bytes, but has one of " + Long.toUnsignedString(length) + " at byte " + position());
        }
        require((int) length);
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (long) unsignedByte() << Byte.SIZE * i;
        }
        int unused = Long.SIZE - Byte.SIZE * (int) length;
        return length == 0 ? 0 : value << unused >> unused;
    }

    /** Returns a text of the given number of bytes. */
    String text(long length) {
        if (length < 0 || length > MAX_TEXT_BYTES) {
            throw offences.damaged("its pickle should have texts of at most " + MAX_TEXT_BYTES
                    + " bytes, but has one of " + Long.toUnsignedString(length) + " at byte " + position());
        }
        byte[] text = new byte[(int) length];
        require(text.length).get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Returns what comes before the next line feed. */
    String line() {
        int start = bytes.position();
        int length = 0;
        while (unsignedByte() != '\n') {
            length++;
            if (length > MAX_LINE_BYTES) {
                throw offences.damaged("its pickle should have names of at most " + MAX_LINE_BYTES
                        + " bytes, but has a longer one at byte " + start);
            }
        }
        return new String(bytes.array(), start, length, StandardCharsets.UTF_8);
    }

    private ByteBuffer require(int length) {
        if (bytes.remaining() < length) {
            throw offences.damaged("its pickle ends after " + bytes.limit() + " bytes, in the middle of a value");
        }
        return bytes;
    }
}
