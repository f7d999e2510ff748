package io.github.whisperspeedtest.checkpoint.torch;

import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.tensor.StridedElements;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.checkpoint.zip.FileErrors;
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
     * Returns the tensor, which stays in the file; one whose elements are not in the order of its shape is gathered when it is used.
     *
     * @param name what to call it in messages
     * @throws io.github.whisperspeedtest.error.ModelException if it is not all in its storage, it or what it reaches over is larger than
     *     2 GB, or its elements are of a type that no model's weights are of
     */
    Tensor tensor(String name, TorchArchive archive, FileErrors offences) {
        String shown = "tensor '" + FileErrors.shown(name) + "'";
        DataType type = storage.type()
                .dataType()
                .orElseThrow(() -> offences.unusable(
                        shown + " has elements of torch." + storage.type().label()
                                + ", but only half, bfloat16 and float are supported",
                        "Save the model as float16 or float32."));
        long count = count(shown, offences);
        long span = count == 0 ? 0 : span();
        if (offset > storage.count() || span > storage.count() - offset) {
            throw offences.damaged(shown + " of shape " + shape + " and strides " + strides + " should be in " + span
                    + " elements from " + offset + " on, but its storage has only " + storage.count());
        }
        long most = Math.max(count, span);
        if (most > Integer.MAX_VALUE / type.bytes()) {
            throw offences.unusable(
                    shown + " takes " + most + " elements of " + type.bytes()
                            + " bytes, but one tensor may have at most " + Integer.MAX_VALUE + " bytes",
                    "Use the model with 16-bit weights.");
        }
        FileRegion region = archive.region(storage.entry(), offset * type.bytes(), (int) span * type.bytes());
        if (count == 0 || isContiguous()) {
            return Tensor.inFile(type, shape, region);
        }
        Tensor spanned = Tensor.inFile(type, List.of((int) span), region);
        return Tensor.generated(type, shape, new StridedElements(spanned, shape, strides));
    }

    private long count(String shown, FileErrors offences) {
        if (shape.contains(0)) {
            return 0;
        }
        long count = 1;
        for (int size : shape) {
            if (count > Long.MAX_VALUE / size) {
                throw offences.damaged(shown + " of shape " + shape + " has too many elements to count");
            }
            count *= size;
        }
        return count;
    }

    /** Returns how many elements of a storage it reaches over, or the largest number if that cannot be counted. */
    private long span() {
        long last = 0;
        for (int i = 0; i < shape.size(); i++) {
            long steps = shape.get(i) - 1;
            if (steps > 0 && strides.get(i) > (Long.MAX_VALUE - 1 - last) / steps) {
                return Long.MAX_VALUE;
            }
            last += steps * strides.get(i);
        }
        return last + 1;
    }

    /** As in PyTorch, the stride of a dimension of size 1 is irrelevant. */
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
