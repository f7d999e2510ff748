package io.github.whisperspeedtest.server;

import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.worker.ServedModel;
import io.github.whisperspeedtest.worker.TranscriptionService;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;

/** Accepts WebSockets for live captions. */
final class LiveStreams {
    /** Two seconds of audio. */
    private static final int MAX_MESSAGE = 64 << 10;

    private static final int MAX_TEXT = 4 << 10;

    /** Messages that may wait for a client that does not read. */
    private static final int MAX_OUTGOING = 1000;

    private final TranscriptionService service;
    private final Access access;
    private final Duration idleTimeout;
    private final Scheduler scheduler;
    private final ServerWebSocketContainer container;
    private final Set<LiveSocket> sockets = new HashSet<>();
    private volatile boolean finishing;

    LiveStreams(TranscriptionService service, Access access, Duration idleTimeout, Server server) {
        this.service = service;
        this.access = access;
        this.idleTimeout = idleTimeout;
        scheduler = server.getScheduler();
        container = ServerWebSocketContainer.ensure(server);
        container.setMaxBinaryMessageSize(MAX_MESSAGE);
        container.setMaxTextMessageSize(MAX_TEXT);
        container.setMaxFrameSize(MAX_MESSAGE);
        container.setMaxOutgoingFrames(MAX_OUTGOING);
        container.setIdleTimeout(idleTimeout);
    }

    /** Turns a request into a WebSocket. */
    void upgrade(Request request, Response response, Callback callback) {
        if (!container.upgrade(this::accept, request, response, callback)) {
            throw ApiException.invalid(426, "Connect to this path with a WebSocket.", "upgrade_required");
        }
    }

    private @Nullable Object accept(ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
        List<String> protocols = request.getSubProtocols();
        try {
            access.checkKey(request, protocols);
        } catch (ApiException e) {
            Replies.error(request, response, callback, e);
            return null;
        }
        // Browsers close the connection if none of the protocols is accepted that they offer.
        protocols.stream()
                .filter(protocol -> !protocol.startsWith(Access.KEY_PROTOCOL))
                .findFirst()
                .or(() -> protocols.stream().findFirst())
                .ifPresent(response::setAcceptedSubProtocol);
        // Audio hardly gets smaller, and a compressed message may be a thousand times as long as it looks.
        response.setExtensions(List.of());
        return new LiveSocket(this, Request.extractQueryParameters(request));
    }

    TranscriptionService service() {
        return service;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Duration idleTimeout() {
        return idleTimeout;
    }

    void add(LiveSocket socket) {
        synchronized (sockets) {
            sockets.add(socket);
        }
        if (finishing) {
            socket.finish();
        }
    }

    void remove(LiveSocket socket) {
        synchronized (sockets) {
            sockets.remove(socket);
            sockets.notifyAll();
        }
    }

    boolean isFinishing() {
        return finishing;
    }

    /** Ends the audio of all streams. */
    void finishAll() {
        finishing = true;
        open().forEach(LiveSocket::finish);
    }

    /** Cancels all streams. */
    void cancelAll() {
        finishing = true;
        open().forEach(LiveSocket::cancel);
    }

    private List<LiveSocket> open() {
        synchronized (sockets) {
            return List.copyOf(sockets);
        }
    }

    /** Waits until all connections are closed; returns whether that was within the time. */
    boolean await(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (sockets) {
            while (!sockets.isEmpty()) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                sockets.wait(left);
            }
            return true;
        }
    }

    /** Returns the model that a client asks for. */
    ServedModel model(Fields query) {
        return TranscriptionForm.model(service, value(query, "model", TranscriptionService.DEFAULT_MODEL));
    }

    /** Returns the options that a client asks for. */
    StreamingOptions options(Fields query, ServedModel model) {
        Language language = TranscriptionForm.language(value(query, "language", "auto"));
        TranscribeOptions options = TranscribeOptions.builder()
                .task(task(value(query, "task", "transcribe")))
                .language(language)
                .build();
        TranscriptionForm.check(service, model, options);
        StreamingOptions streaming = StreamingOptions.defaults().withTranscribe(options);
        String latency = value(query, "latency", "");
        return latency.isEmpty() ? streaming : withLatency(streaming, latency);
    }

    private static StreamingOptions withLatency(StreamingOptions options, String seconds) {
        try {
            return options.withLatency(Duration.ofMillis(Math.round(Double.parseDouble(seconds) * 1000)));
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid("latency", "latency must be from 0.5 to 20 seconds.");
        }
    }

    private static Task task(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "transcribe" -> Task.TRANSCRIBE;
            case "translate" -> Task.TRANSLATE;
            default -> throw ApiException.invalid("task", "task must be 'transcribe' or 'translate'.");
        };
    }

    private static String value(Fields query, String name, String fallback) {
        String value = query.getValue(name);
        return value == null || value.isBlank() ? fallback : value.strip();
    }
}
