package io.github.whisperspeedtest.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/** A response of server-sent events. Thread-safe. */
final class EventStream extends IteratingCallback {
    private final Response response;
    private final Callback callback;
    private final Runnable broken;
    private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
    private boolean ended;
    private boolean lastWritten;

    /**
     * Starts the response.
     *
     * @param broken runs if the client takes no more events
     */
    EventStream(Response response, Callback callback, Runnable broken) {
        this.response = response;
        this.callback = callback;
        this.broken = broken;
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        // Asks nginx not to collect events.
        response.getHeaders().put("X-Accel-Buffering", "no");
    }

    /** Sends an event with data that contains no line break. */
    void event(String data) {
        add("data: " + data + "\n\n");
    }

    /** Sends an event that has a name. */
    void event(String name, String data) {
        add("event: " + name + "\ndata: " + data + "\n\n");
    }

    /** Sends a line that clients ignore, so that nothing between them and this server takes the connection for dead. */
    void keepAlive() {
        boolean busy;
        synchronized (waiting) {
            busy = !waiting.isEmpty();
        }
        if (!busy) {
            add(": still running\n\n");
        }
    }

    private void add(String text) {
        synchronized (waiting) {
            if (ended) {
                return;
            }
            waiting.add(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }
        iterate();
    }

    /** Ends the response after the events that wait. */
    void end() {
        synchronized (waiting) {
            ended = true;
        }
        iterate();
    }

    @Override
    protected Action process() {
        ByteBuffer next;
        boolean last;
        synchronized (waiting) {
            if (lastWritten) {
                return Action.SUCCEEDED;
            }
            next = waiting.poll();
            last = ended && waiting.isEmpty();
            if (next == null && !last) {
                return Action.IDLE;
            }
            lastWritten = last;
        }
        response.write(last, orEmpty(next), this);
        return Action.SCHEDULED;
    }

    private static ByteBuffer orEmpty(@Nullable ByteBuffer buffer) {
        return buffer == null ? BufferUtil.EMPTY_BUFFER : buffer;
    }

    @Override
    protected void onCompleteSuccess() {
        callback.succeeded();
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
        broken.run();
        callback.failed(cause);
    }
}
