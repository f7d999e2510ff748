package io.github.whisperspeedtest.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The transcriptions of all clients. */
final class Exchanges {
    private final Spool spool;
    private final ServerMetrics metrics;
    private final Duration keepAlive;
    private final Set<Exchange> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /**
     * Creates an empty set.
     *
     * @param keepAlive how often a client that waits for events gets a sign of life
     */
    Exchanges(Spool spool, ServerMetrics metrics, Duration keepAlive) {
        this.spool = spool;
        this.metrics = metrics;
        this.keepAlive = keepAlive;
    }

    ServerMetrics metrics() {
        return metrics;
    }

    Duration keepAlive() {
        return keepAlive;
    }

    boolean isClosing() {
        return closing;
    }

    void add(Exchange exchange) {
        running.add(exchange);
        if (closing) {
            exchange.cancel();
        }
    }

    /** Deletes the recording of a job that ended or was refused. */
    void ended(Exchange exchange, Path recording) {
        running.remove(exchange);
        spool.delete(recording);
    }

    /** Cancels all jobs, also those that start from now on. */
    void cancelAll() {
        closing = true;
        running.forEach(Exchange::cancel);
    }
}
