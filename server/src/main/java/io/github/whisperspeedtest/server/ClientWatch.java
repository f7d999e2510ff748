package io.github.whisperspeedtest.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Notices that a client closed its connection before it got the response.
 *
 * <p>A client that only ends its output, and still waits for the response, is taken for gone; hardly any does. Jetty reads from a connection of HTTP/1.1 only when a request is expected, so it does not notice this itself. A watched connection
 * serves no further request: its response must have the header {@code Connection: close}.
 */
final class ClientWatch implements Callback {
    /** A client that sends more than this after its request is not watched any more. */
    private static final int IGNORED = 64 << 10;

    private final EndPoint endPoint;
    private final Runnable gone;
    private final ByteBuffer buffer = BufferUtil.allocate(1024);
    private int ignored;

    private ClientWatch(EndPoint endPoint, Runnable gone) {
        this.endPoint = endPoint;
        this.gone = gone;
    }

    /**
     * Starts to watch the client of a request whose body was read completely.
     *
     * @param gone runs once the client is gone, and possibly after the response was sent
     */
    static void start(Request request, Runnable gone) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        new ClientWatch(endPoint, gone).await();
    }

    private void await() {
        endPoint.tryFillInterested(this);
    }

    @Override
    public void succeeded() {
        int filled;
        try {
            BufferUtil.clear(buffer);
            filled = endPoint.fill(buffer);
        } catch (IOException e) {
            filled = -1;
        }
        if (filled < 0) {
            gone.run();
            return;
        }
        ignored += filled;
        if (ignored <= IGNORED) {
            await();
        }
    }

    @Override
    public void failed(Throwable failure) {
        if (failure instanceof TimeoutException) {
            await();
        } else {
            gone.run();
        }
    }
}
