package io.github.whisperspeedtest.server;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.worker.TranscriptionService;
import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.HostPort;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves transcriptions over HTTP: OpenAI's API for recordings, WebSockets for live audio, a page for people, and figures for monitoring.
 *
 * <p>Requests are computed by a {@link TranscriptionService}, which the server does not close.
 */
public final class TranscriptionServer implements AutoCloseable {
    private static final String THREADS = "whisper-speedtest-http";
    private static final int MAX_THREADS = 64;
    private static final int MIN_THREADS = 4;

    /** How often a client that waits for events gets a sign of life; proxies close connections after a minute of silence. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    /** How long cancelled requests may take to be answered. */
    private static final Duration CLOSING = Duration.ofSeconds(5);

    /** Idle time of connections, in milliseconds, while no further one is accepted. */
    private static final long IDLE_WHEN_FULL = 5000;

    private static final Logger LOG = LoggerFactory.getLogger(TranscriptionServer.class);

    private final TranscriptionService service;
    private final Server server;
    private final ServerConnector connector;
    private final Router router;
    private final LiveStreams live;
    private final Exchanges exchanges;
    private final ServerMetrics metrics;
    private final Spool spool;
    private final ServerSettings settings;

    private TranscriptionServer(TranscriptionService service, ServerSettings settings, Duration keepAlive) {
        this.service = service;
        this.settings = settings;
        boolean loopback = isLoopback(settings);
        spool = Spool.open(settings.spool());
        metrics = new ServerMetrics(service);
        exchanges = new Exchanges(spool, metrics, keepAlive);
        server = new Server(threads(), new ScheduledExecutorScheduler(THREADS + "-timer", true), null);
        connector = connector(server, settings);
        Access access = new Access(settings, loopback);
        live = new LiveStreams(service, access, settings.idleTimeout(), server);
        HeaderDeadline deadline = new HeaderDeadline(server.getScheduler(), settings.idleTimeout());
        router = new Router(service, access, new Uploads(service, settings, spool, exchanges), live, metrics, deadline);
        server.addConnector(connector);
        server.setHandler(router);
        server.setErrorHandler(new ErrorReplies());
        NetworkConnectionLimit limit = new NetworkConnectionLimit(settings.maxConnections(), connector);
        limit.setEndPointIdleTimeout(IDLE_WHEN_FULL);
        connector.addBean(limit);
        connector.addBean(deadline);
    }

    /**
     * Starts a server.
     *
     * @throws WhisperSpeedtestException if the address cannot be used or the spool directory cannot be written
     */
    public static TranscriptionServer start(TranscriptionService service, ServerSettings settings) {
        return start(service, settings, KEEP_ALIVE);
    }

    static TranscriptionServer start(TranscriptionService service, ServerSettings settings, Duration keepAlive) {
        TranscriptionServer started = new TranscriptionServer(service, settings, keepAlive);
        try {
            started.server.start();
            return started;
        } catch (Exception e) {
            started.close();
            throw cannotListen(settings, e);
        }
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
        threads.setName(THREADS);
        threads.setDaemon(true);
        return threads;
    }

    private static ServerConnector connector(Server server, ServerSettings settings) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setUriCompliance(UriCompliance.DEFAULT.with("slash", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(settings.idleTimeout().toMillis());
        return connector;
    }

    private static boolean isLoopback(ServerSettings settings) {
        try {
            return InetAddress.getByName(settings.host()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new WhisperSpeedtestException(
                    ErrorKind.ENVIRONMENT,
                    "The host '" + settings.host() + "' is unknown. Use an address of this machine, such as "
                            + ServerSettings.LOOPBACK + ".",
                    e);
        }
    }

    private static WhisperSpeedtestException cannotListen(ServerSettings settings, Exception failure) {
        String address = new HostPort(settings.host(), settings.port()).toString();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException
                    && String.valueOf(cause.getMessage()).contains("in use")) {
                return new WhisperSpeedtestException(
                        ErrorKind.ENVIRONMENT,
                        "Port " + settings.port() + " of " + settings.host() + " is in use by another program."
                                + " End that program, or choose another port; port 0 finds a free one.",
                        failure);
            }
        }
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return new WhisperSpeedtestException(
                ErrorKind.ENVIRONMENT,
                "Cannot listen on " + address + ": " + root.getMessage()
                        + ". Choose an address of this machine and a port above 1023.",
                failure);
    }

    /** Returns where the server is reachable from this machine. */
    public URI uri() {
        String host = settings.host();
        boolean any = host.equals("0.0.0.0") || host.equals("::");
        return URI.create("http://" + HostPort.normalizeHost(any ? ServerSettings.LOOPBACK : host) + ":"
                + connector.getLocalPort() + "/");
    }

    /**
     * Refuses new work, ends the audio of live streams, and waits until all accepted work has been answered.
     *
     * @param limit the longest time to wait
     * @return whether all of it has been answered
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean drain(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        router.drain();
        live.finishAll();
        boolean answered = router.await(limit);
        boolean drained = service.drain(until(end));
        return live.await(until(end)) && answered && drained;
    }

    private static Duration until(long nanoTime) {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }

    /** Cancels what is left, closes all connections and deletes all uploaded recordings. Idempotent. */
    @Override
    public void close() {
        router.drain();
        exchanges.cancelAll();
        live.cancelAll();
        try {
            long end = System.nanoTime() + CLOSING.toNanos();
            if (!router.await(until(end)) || !live.await(until(end))) {
                LOG.debug("Requests are still being served");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            server.stop();
        } catch (Exception e) {
            LOG.debug("The server did not stop cleanly", e);
        }
        metrics.close();
        spool.close();
    }
}
