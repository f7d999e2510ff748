package io.github.whisperspeedtest.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.worker.JobEnd;
import io.github.whisperspeedtest.worker.RefusedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request that fails with an error of OpenAI's API. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String INVALID = "invalid_request_error";
    private static final String SERVER = "server_error";

    /** What nginx logs where the client closed the connection; no client receives it. */
    private static final int CLIENT_GONE = 499;

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;
    private final @Nullable Duration retryAfter;

    private ApiException(
            int status,
            String type,
            String message,
            @Nullable String param,
            @Nullable String code,
            @Nullable Duration retryAfter) {
        super(message);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** Returns an error of a parameter. */
    static ApiException invalid(@Nullable String param, String message) {
        return new ApiException(400, INVALID, message, param, null, null);
    }

    /** Returns an error of the request as a whole. */
    static ApiException invalid(int status, String message, @Nullable String code) {
        return new ApiException(status, INVALID, message, null, code, null);
    }

    static ApiException modelNotFound(String message) {
        return new ApiException(404, INVALID, message, "model", "model_not_found", null);
    }

    static ApiException wrongKey(String message) {
        return new ApiException(401, "authentication_error", message, null, "invalid_api_key", null);
    }

    static ApiException forbidden(String message) {
        return new ApiException(403, "permission_error", message, null, "forbidden", null);
    }

    static ApiException server(int status, String message, @Nullable String code) {
        return new ApiException(status, SERVER, message, null, code, null);
    }

    static ApiException internal() {
        return server(500, "The server failed to process the request. Its log has the reason.", "internal_error");
    }

    static ApiException busy(String message, Duration retryAfter) {
        return new ApiException(429, "rate_limit_error", message, null, "rate_limit_exceeded", retryAfter);
    }

    static ApiException closing(Duration retryAfter) {
        return new ApiException(
                503,
                SERVER,
                "The server is shutting down. Send the request again once it has restarted.",
                null,
                "server_closing",
                retryAfter);
    }

    static ApiException of(RefusedException refused) {
        return refused.isClosing()
                ? closing(refused.retryAfter())
                : busy(String.valueOf(refused.getMessage()), refused.retryAfter());
    }

    /**
     * Returns the error of a failed job.
     *
     * @param closing whether the server is closing, which is why a job was cancelled
     */
    static ApiException of(JobEnd.Failed failure, boolean closing) {
        String message = failure.message();
        return switch (failure.reason()) {
            case BAD_RECORDING -> invalid("file", message);
            case TOO_LONG -> new ApiException(413, INVALID, message, "file", "recording_too_long", null);
            case UNSUPPORTED -> new ApiException(400, INVALID, message, null, "unsupported_option", null);
            case MODEL -> server(503, message, "model_unavailable");
            case ENGINE -> server(500, message, "engine_failed");
            case TIME_LIMIT -> server(504, message, "time_limit");
            case CANCELLED ->
                closing
                        ? closing(Duration.ofSeconds(5))
                        : new ApiException(CLIENT_GONE, INVALID, message, null, "cancelled", null);
        };
    }

    int status() {
        return status;
    }

    /** Returns the value of the header {@code Retry-After} in seconds, null if a new attempt needs no delay or is pointless. */
    @Nullable
    Long retryAfterSeconds() {
        return retryAfter == null ? null : Math.max(1, retryAfter.toSeconds());
    }

    /** Returns the body of the response. */
    ObjectNode toJson() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error")
                .put("message", getMessage())
                .put("type", type)
                .put("param", param)
                .put("code", code);
        return body;
    }
}
