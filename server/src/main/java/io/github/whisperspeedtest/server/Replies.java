package io.github.whisperspeedtest.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;

/** Writes responses. */
final class Replies {
    static final String JSON = "application/json";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** How much of a body is read after the response to it, and for how long. */
    private static final long LINGER_BYTES = 64L << 20;

    private static final Duration LINGER = Duration.ofSeconds(10);

    private Replies() {}

    /** Logs a defect. Messages may contain paths or texts of users, so the log has them only where it was asked for more. */
    static void logDefect(Logger log, String what, Throwable defect) {
        log.warn("Cannot {}: {}", what, defect.getClass().getName());
        log.debug("Details", defect);
    }

    /** Returns a value as JSON. */
    static String text(JsonNode value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void json(Response response, Callback callback, int status, JsonNode value) {
        send(response, callback, status, JSON, text(value));
    }

    static void send(Response response, Callback callback, int status, String type, String body) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        // Answers are about recordings of the user, and none of them can be used twice.
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
    }

    /** Sends an error. What is left of the request's body is discarded. */
    static void error(Request request, Response response, Callback callback, ApiException error) {
        Long retryAfter = error.retryAfterSeconds();
        if (retryAfter != null) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, retryAfter);
        }
        if (error.status() == 401) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        }
        Callback after = callback;
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            // A client that waits for permission to send its body sends none.
            boolean waits =
                    request.getHeaders().contains(HttpHeader.EXPECT) && Request.getContentBytesRead(request) == 0;
            if (!waits) {
                after = Callback.from(() -> new Lingering(request, callback).run(), callback::failed);
            }
        }
        json(response, after, error.status(), error.toJson());
    }

    /**
     * Reads the rest of a body after the response was sent. Otherwise closing the connection would reset it, and many clients would
     * report the reset in place of the response.
     */
    private static final class Lingering implements Runnable {
        private final Request request;
        private final Callback callback;
        private final ReadDeadline deadline;
        private long read;

        private Lingering(Request request, Callback callback) {
            this.request = request;
            this.callback = callback;
            deadline = new ReadDeadline(request, LINGER);
        }

        @Override
        public void run() {
            while (read <= LINGER_BYTES) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    request.demand(this);
                    return;
                }
                read += chunk.remaining();
                boolean last = chunk.isLast() || Content.Chunk.isFailure(chunk);
                chunk.release();
                if (last) {
                    break;
                }
            }
            deadline.met();
            callback.succeeded();
        }
    }
}
