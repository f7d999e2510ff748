package io.github.whisperspeedtest.whispercpp.bindings;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parameter structure that functions take by value, whose fields are set by their names in the header.
 *
 * <p>The size is that of every release and then some. Linux and macOS pass a structure of more than 16 bytes in memory, on x86-64 and on
 * ARM64, so a function reads as much of it as it knows. A field that a later release appends is zero instead of what happens to follow.
 */
@FieldOrder("words")
public final class NativeParams extends Structure implements Structure.ByValue {
    private static final int WORDS = 64;

    /** The memory of the structure; public because JNA requires it. */
    public long[] words = new long[WORDS];

    private final StructLayout layout;

    /** Native code has only the addresses of these. */
    private final Map<String, Object> kept = new HashMap<>();

    /**
     * Copies a structure.
     *
     * @param layout the layout of the release
     * @param source address of the structure, which must have at least as many bytes as the layout
     */
    NativeParams(StructLayout layout, Pointer source) {
        this.layout = layout;
        // The fields are written to the native memory at once; JNA's copy in Java would overwrite them.
        setAutoSynch(false);
        getPointer().clear(size());
        getPointer().write(0, source.getByteArray(0, layout.bytes()), 0, layout.bytes());
    }

    /** Returns whether this release has a field. */
    public boolean has(String field) {
        return layout.has(field);
    }

    /** Sets a {@code bool}. */
    public void set(String field, boolean value) {
        getPointer().setByte(layout.offset(field), (byte) (value ? 1 : 0));
    }

    /** Sets an {@code int}. */
    public void set(String field, int value) {
        getPointer().setInt(layout.offset(field), value);
    }

    /** Sets a {@code float}. */
    public void set(String field, float value) {
        getPointer().setFloat(layout.offset(field), value);
    }

    /** Sets a {@code size_t}. */
    public void set(String field, long value) {
        getPointer().setLong(layout.offset(field), value);
    }

    /** Sets a pointer and keeps the memory that it points to; null for the null pointer. */
    public void set(String field, @Nullable Pointer value) {
        getPointer().setPointer(layout.offset(field), value);
        if (value == null) {
            kept.remove(field);
        } else {
            kept.put(field, value);
        }
    }

    /** Sets a callback and keeps it; null for none. */
    public void set(String field, @Nullable Callback value) {
        set(field, value == null ? null : CallbackReference.getFunctionPointer(value));
        if (value != null) {
            kept.put(field, value);
        }
    }
}
