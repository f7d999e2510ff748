package io.github.whisperspeedtest.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.thread.Scheduler;

/** Closes connections that do not send the headers of their next request in time, however often a few bytes arrive. */
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
        await(connection);
    }

    /** Limits the time to the next request of a connection. */
    void await(Connection connection) {
        long requests = connection.getMessagesIn();
        scheduler.schedule(
                () -> {
                    EndPoint endPoint = connection.getEndPoint();
                    // An upgrade to a WebSocket replaces the connection.
                    if (connection.getMessagesIn() == requests && endPoint.getConnection() == connection) {
                        endPoint.close(new TimeoutException("The headers take too long."));
                    }
                },
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
    }
}
