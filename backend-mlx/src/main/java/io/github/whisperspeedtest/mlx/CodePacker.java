package io.github.whisperspeedtest.mlx;

import java.nio.ByteBuffer;

/** Packs codes as MLX does: one bit after the other, the lowest bit of the lowest byte first. */
final class CodePacker {
    private CodePacker() {}

    /**
     * Puts the codes of a row into a buffer.
     *
     * @param codes unsigned, one a byte
     * @param bits bits of each, which make whole bytes of all
     */
    static void pack(byte[] codes, int bits, ByteBuffer target) {
        int held = 0;
        int heldBits = 0;
        for (byte code : codes) {
            held |= Byte.toUnsignedInt(code) << heldBits;
            heldBits += bits;
            while (heldBits >= Byte.SIZE) {
                target.put((byte) held);
                held >>>= Byte.SIZE;
                heldBits -= Byte.SIZE;
            }
        }
    }
}
