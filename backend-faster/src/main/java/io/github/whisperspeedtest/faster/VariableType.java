package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import org.jspecify.annotations.Nullable;

/** Types of a variable in {@code model.bin}; the order is that of the ids in the file: {@code DataType} in CTranslate2. */
enum VariableType {
    FLOAT32("float32", 4, DataType.F32),
    INT8("int8", 1, DataType.I8),
    INT16("int16", 2, null),
    INT32("int32", 4, null),
    FLOAT16("float16", 2, DataType.F16),
    BFLOAT16("bfloat16", 2, DataType.BF16);

    private final String label;
    private final int bytes;
    private final @Nullable DataType dataType;

    VariableType(String label, int bytes, @Nullable DataType dataType) {
        this.label = label;
        this.bytes = bytes;
        this.dataType = dataType;
    }

    /** Returns CTranslate2's name of the type. */
    String label() {
        return label;
    }

    /** Returns the size of an element. */
    int bytes() {
        return bytes;
    }

    /** Returns the type of a tensor of such elements, or null where a tensor has none of them. */
    @Nullable
    DataType dataType() {
        return dataType;
    }

    boolean isFloat() {
        return this == FLOAT32 || this == FLOAT16 || this == BFLOAT16;
    }
}
