package io.github.whisperspeedtest.torch;

import ai.djl.pytorch.jni.IValue;
import java.util.ArrayDeque;
import java.util.Deque;

/** PyTorch values that are freed together. */
final class NativeValues implements AutoCloseable {
    private final Deque<IValue> values = new ArrayDeque<>();

    /** Takes ownership of a value and returns it. */
    IValue own(IValue value) {
        values.push(value);
        return value;
    }

    /** Makes an integer. */
    IValue of(long value) {
        return own(IValue.from(value));
    }

    /** Makes a list of integers. */
    IValue of(int[] values) {
        long[] longs = new long[values.length];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = values[i];
        }
        return own(IValue.listFrom(longs));
    }

    @Override
    public void close() {
        while (!values.isEmpty()) {
            values.pop().close();
        }
    }
}
