package io.github.whisperspeedtest.lifecycle;

import java.util.function.Consumer;

/**
 * Announces long one-time setup work, such as unpacking a native library, to a progress listener. A child JVM forwards
 * announcements to its parent.
 */
public final class SetupNotice {
    private static volatile Consumer<String> listener = description -> {};

    private SetupNotice() {}

    /** Sets the listener of this process. It is called on the thread that does the work. */
    public static void setListener(Consumer<String> value) {
        listener = value;
    }

    /**
     * Announces that setup work begins.
     *
     * @param description the work, such as {@code unpacking PyTorch (once)}
     */
    public static void announce(String description) {
        listener.accept(description);
    }
}
