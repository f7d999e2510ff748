package io.github.whisperspeedtest.whispercpp.bindings;

import com.sun.jna.IntegerType;
import com.sun.jna.Native;

/** C's {@code size_t}. */
public final class SizeT extends IntegerType {
    private static final long serialVersionUID = 1L;

    /** Creates a zero. */
    public SizeT() {
        super(Native.SIZE_T_SIZE, true);
    }
}
