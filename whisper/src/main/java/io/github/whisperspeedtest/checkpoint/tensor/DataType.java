package io.github.whisperspeedtest.checkpoint.tensor;

/** Type of a tensor's elements; all little-endian. */
public enum DataType {
    /** IEEE 754 binary32. */
    F32(4),
    /** IEEE 754 binary16. */
    F16(2),
    /** The upper half of a binary32. */
    BF16(2),
    /** A signed byte that is to be multiplied with the scale of its row. */
    I8(1);

    private final int bytes;

    DataType(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the size of one element in bytes. */
    public int bytes() {
        return bytes;
    }
}
