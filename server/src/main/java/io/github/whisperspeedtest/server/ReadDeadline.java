package io.github.whisperspeedtest.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Fails the reading of a body after a time, however often a few bytes arrive. Jetty's own limit is one of silence, and its handler for a
 * minimum rate adds up the bytes of all requests.
 */
final class ReadDeadline {
    private final AtomicBoolean over = new AtomicBoolean();
    private final Scheduler.Task task;

    ReadDeadline(Request request, Duration limit) {
        task = request.getComponents()
                .getScheduler()
                .schedule(() -> fail(request), limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void fail(Request request) {
        if (over.compareAndSet(false, true)) {
            request.fail(new TimeoutException("The body takes too long."));
        }
    }

    /** Tells that the body was read. */
    void met() {
        over.set(true);
        task.cancel();
    }
}
