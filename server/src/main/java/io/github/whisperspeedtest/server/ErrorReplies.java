package io.github.whisperspeedtest.server;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Sends errors that Jetty finds, such as malformed requests, as OpenAI's API does, without what caused them. */
final class ErrorReplies extends ErrorHandler {
    @Override
    protected void generateResponse(
            Request request, Response response, int code, String message, Throwable cause, Callback callback) {
        Replies.json(response, callback, code, of(code).toJson());
    }

    /** Returns the error of a status. */
    static ApiException of(int status) {
        return status >= 500
                ? ApiException.internal()
                : ApiException.invalid(status, HttpStatus.getMessage(status) + ".", null);
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }
}
