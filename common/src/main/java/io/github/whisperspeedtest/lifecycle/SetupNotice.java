package io.github.whisperspeedtest.lifecycle;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Announces long one-time setup work, such as unpacking a native library, to a progress listener. A child JVM forwards
 * announcements to its parent.
 */
public final class SetupNotice {
    private static volatile Consumer<String> listener = description -> {};

    private SetupNotice() {}

    /**
     * Work that is announced only if it takes long.
     *
     * <p>Close it when the work has ended.
     */
    public static final class Pending implements AutoCloseable {
        private final CountDownLatch ended = new CountDownLatch(1);

        private Pending() {}

        private void announceUnlessEnded(Duration delay, String description) {
            try {
                if (!ended.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
                    announce(description);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            ended.countDown();
        }
    }

    /** Sets the listener of this process. It may be called on any thread. */
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

    /**
     * Announces work that has begun, unless it ends before a delay has passed.
     *
     * @param description as in {@link #announce}
     */
    public static Pending announceAfter(Duration delay, String description) {
        Pending pending = new Pending();
        Thread thread = new Thread(() -> pending.announceUnlessEnded(delay, description), "setup-notice");
        thread.setDaemon(true);
        thread.start();
        return pending;
    }
}
