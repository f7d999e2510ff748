package io.github.whisperspeedtest.onnx;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** Keeps what is expensive to make for its next use. */
final class Pool<T> {
    private final Supplier<T> maker;
    private final Deque<T> free = new ArrayDeque<>();

    Pool(Supplier<T> maker) {
        this.maker = maker;
    }

    T take() {
        T kept = free.poll();
        return kept == null ? maker.get() : kept;
    }

    void giveBack(T value) {
        free.push(value);
    }
}
