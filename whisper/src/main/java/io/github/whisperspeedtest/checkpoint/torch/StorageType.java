package io.github.whisperspeedtest.checkpoint.torch;

import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** PyTorch's classes for arrays of numbers, all of which a file may have beside a model's weights. */
enum StorageType {
    HALF("HalfStorage", 2, DataType.F16),
    BFLOAT16("BFloat16Storage", 2, DataType.BF16),
    FLOAT("FloatStorage", 4, DataType.F32),
    DOUBLE("DoubleStorage", 8, null),
    LONG("LongStorage", 8, null),
    INT("IntStorage", 4, null),
    SHORT("ShortStorage", 2, null),
    CHAR("CharStorage", 1, null),
    BYTE("ByteStorage", 1, null),
    BOOL("BoolStorage", 1, null);

    private final String label;
    private final int bytes;
    private final @Nullable DataType dataType;

    StorageType(String label, int bytes, @Nullable DataType dataType) {
        this.label = label;
        this.bytes = bytes;
        this.dataType = dataType;
    }

    /** Returns the class of the given name in the module {@code torch}. */
    static Optional<StorageType> of(String label) {
        return Arrays.stream(values()).filter(type -> type.label.equals(label)).findFirst();
    }

    /** Returns the name of the class. */
    String label() {
        return label;
    }

    /** Returns the size of one element in bytes. */
    int bytes() {
        return bytes;
    }

    /** Returns the type of the elements, empty where a model's weights are never of it. */
    Optional<DataType> dataType() {
        return Optional.ofNullable(dataType);
    }
}
