package io.github.whisperspeedtest.onnx.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** Keeps expensive objects for reuse. */
public final class Pool<T> {
    private final Supplier<T> maker;
    private final Deque<T> free = new ArrayDeque<>();

    public Pool(Supplier<T> maker) {
        this.maker = maker;
    }

    public T acquire() {
        T kept = free.poll();
        return kept == null ? maker.get() : kept;
    }

    public void release(T value) {
        free.push(value);
    }
}
