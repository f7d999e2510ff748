package io.github.whisperspeedtest.checkpoint.torch;

import io.github.whisperspeedtest.checkpoint.DataType;
import io.github.whisperspeedtest.checkpoint.Tensor;
import java.util.List;

/**
 * A tensor as a pickle describes it; only {@link #tensor} looks whether that can be.
 *
 * @param storage where its elements are
 * @param offset index of the first one in the storage
 * @param shape size of each dimension
 * @param strides how many elements apart two neighbours of each dimension are
 */
record StoredTensor(Storage storage, long offset, List<Integer> shape, List<Long> strides) {
    /**
     * Returns the tensor, which stays in the file.
     *
     * @param name what to call it in messages
     * @throws io.github.whisperspeedtest.error.ModelException if it is not all in its storage, or its elements are not in the order of
     *     its shape, or of a type that no model's weights are of
     */
    Tensor tensor(String name, TorchArchive archive, Offences offences) {
        String shown = "tensor '" + Offences.shown(name) + "'";
        DataType type = storage.type()
                .dataType()
                .orElseThrow(() -> offences.unusable(
                        shown + " has elements of torch." + storage.type().label()
                                + ", but only half, bfloat16 and float are supported",
                        "Save the model as float16 or float32."));
        long count = count(shown, offences);
        if (count > 0 && !isContiguous()) {
            throw offences.unusable(
                    shown + " of shape " + shape + " should have its elements in a row, but has the strides " + strides,
                    "Call contiguous() on the tensor and save the model again.");
        }
        if (offset > storage.count() || count > storage.count() - offset) {
            throw offences.damaged(shown + " should have " + count + " elements from " + offset
                    + " on, but its storage has only " + storage.count());
        }
        // Both fit: the storage's bytes were counted when it was found in the file.
        long length = count * type.bytes();
        if (length > Integer.MAX_VALUE) {
            throw offences.unusable(
                    shown + " has " + length + " bytes, but one tensor may have at most " + Integer.MAX_VALUE,
                    "Use the model with 16-bit weights.");
        }
        return Tensor.inFile(type, shape, archive.region(storage.entry(), offset * type.bytes(), (int) length));
    }

    private long count(String shown, Offences offences) {
        if (shape.contains(0)) {
            return 0;
        }
        long count = 1;
        for (int size : shape) {
            if (count > Long.MAX_VALUE / size) {
                throw offences.damaged(shown + " of shape " + shape + " has more elements than can be counted");
            }
            count *= size;
        }
        return count;
    }

    /** As PyTorch has it: how far apart the neighbours in a dimension of one are, says nothing. */
    private boolean isContiguous() {
        long expected = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            if (shape.get(i) != 1 && strides.get(i) != expected) {
                return false;
            }
            expected *= shape.get(i);
        }
        return true;
    }
}
