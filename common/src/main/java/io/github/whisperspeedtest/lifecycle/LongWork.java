package io.github.whisperspeedtest.lifecycle;

import java.util.function.Consumer;

/** Work that takes long and is done once on a machine, told to whoever shows progress; in a child JVM, to that of its parent. */
public final class LongWork {
    private static volatile Consumer<String> listener = description -> {};

    private LongWork() {}

    /** Sets who is told when such work begins, in this process; called on the thread that works. */
    public static void listen(Consumer<String> value) {
        listener = value;
    }

    /**
     * Tells that such work begins.
     *
     * @param description what is done, such as {@code unpacking PyTorch (once)}
     */
    public static void begins(String description) {
        listener.accept(description);
    }
}
