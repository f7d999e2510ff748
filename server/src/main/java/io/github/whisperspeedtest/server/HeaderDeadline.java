package io.github.whisperspeedtest.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.thread.Scheduler;

/** Closes new connections that do not send the headers of a request in time, however often a few bytes arrive. */
final class HeaderDeadline implements Connection.Listener {
    private final Scheduler scheduler;
    private final Duration limit;

    HeaderDeadline(Scheduler scheduler, Duration limit) {
        this.scheduler = scheduler;
        this.limit = limit;
    }

    @Override
    public void onOpened(Connection connection) {
        if (!(connection instanceof ConnectionMetaData)) {
            // A WebSocket: its request was complete.
            return;
        }
        scheduler.schedule(
                () -> {
                    if (connection.getMessagesIn() == 0) {
                        connection.getEndPoint().close(new TimeoutException("The headers take too long."));
                    }
                },
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
    }
}
