package io.github.whisperspeedtest.whispercpp.bindings;

import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The offsets and the default values of a C structure's fields, computed from their order by the rules of the LP64 data model: every
 * field is aligned to its own size.
 *
 * <p>Linux and macOS use that model on x86-64 and on ARM64.
 */
final class StructLayout {
    private static final int ALIGNMENT = 8;

    /** The type of a field. */
    enum Type {
        /** {@code bool}. */
        BOOL(1),
        /** {@code int32_t}, {@code int} or an enumeration. */
        INT(4),
        /** {@code float}. */
        FLOAT(4),
        /** {@code size_t}. */
        SIZE(8),
        /** A pointer to a function or to data. */
        POINTER(8);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * A field.
     *
     * @param name its name in the header; the path to it if it is in an inner structure
     * @param type its type
     * @param initial its default: a Boolean, Integer, Float or Long, a String for a pointer to that text, null for the null pointer or
     *     for a value that depends on the machine
     */
    record Field(String name, Type type, @Nullable Object initial) {}

    private final Map<String, Field> fields = new LinkedHashMap<>();
    private final Map<String, Integer> offsets = new LinkedHashMap<>();
    private final int bytes;

    StructLayout(List<Field> ordered) {
        int offset = 0;
        for (Field field : ordered) {
            int size = field.type().bytes;
            offset = aligned(offset, size);
            fields.put(field.name(), field);
            offsets.put(field.name(), offset);
            offset += size;
        }
        bytes = aligned(offset, ALIGNMENT);
    }

    private static int aligned(int offset, int alignment) {
        return (offset + alignment - 1) / alignment * alignment;
    }

    /** Returns the size of the structure in bytes. */
    int bytes() {
        return bytes;
    }

    /** Returns whether the structure has a field. */
    boolean has(String field) {
        return offsets.containsKey(field);
    }

    /**
     * Returns the offset of a field in bytes.
     *
     * @throws IllegalArgumentException if the structure has no such field
     */
    int offset(String field) {
        Integer offset = offsets.get(field);
        if (offset == null) {
            throw new IllegalArgumentException("There is no field " + field + " in this release");
        }
        return offset;
    }

    /**
     * Compares every field of a structure with its default. Text is read only after all other fields, so that a pointer at a wrong place
     * is not followed.
     *
     * @param pointer address of the structure, which must have at least {@link #bytes} bytes
     * @return the first field that differs, with its value; empty if all are as expected
     */
    Optional<String> difference(Pointer pointer) {
        List<Field> texts = new ArrayList<>();
        for (Field field : fields.values()) {
            if (field.initial() instanceof String) {
                texts.add(field);
            } else if (field.type() == Type.POINTER || field.initial() != null) {
                Object value = read(pointer, field);
                if (!Objects.equals(value, field.initial())) {
                    return Optional.of(describe(field, value));
                }
            }
        }
        for (Field field : texts) {
            Pointer text = pointer.getPointer(offset(field.name()));
            String value = text == null ? null : text.getString(0);
            if (!Objects.equals(value, field.initial())) {
                return Optional.of(describe(field, value));
            }
        }
        return Optional.empty();
    }

    private String describe(Field field, @Nullable Object value) {
        return field.name() + " at byte " + offset(field.name()) + " is " + value + " instead of " + field.initial();
    }

    private @Nullable Object read(Pointer pointer, Field field) {
        int offset = offset(field.name());
        return switch (field.type()) {
            // A byte that is neither 0 nor 1 is no bool.
            case BOOL ->
                switch (pointer.getByte(offset)) {
                    case 0 -> false;
                    case 1 -> true;
                    default -> pointer.getByte(offset);
                };
            case INT -> pointer.getInt(offset);
            case FLOAT -> pointer.getFloat(offset);
            case SIZE -> pointer.getLong(offset);
            case POINTER -> pointer.getPointer(offset);
        };
    }
}
