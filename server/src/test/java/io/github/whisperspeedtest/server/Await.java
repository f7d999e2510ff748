package io.github.whisperspeedtest.server;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what other threads do. */
final class Await {
    private Await() {}

    /** Waits until a condition holds, at most a minute. */
    static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("The condition did not come true.");
            }
            Thread.sleep(5);
        }
    }
}
