package io.github.whisperspeedtest.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The body of a response, read by pulling, so that a timeout or an interrupt can end the wait. */
final class BodyReader implements AutoCloseable {
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final Duration timeout;
    private volatile Flow.@Nullable Subscription subscription;
    private boolean ended;

    BodyReader(Flow.Publisher<List<ByteBuffer>> publisher, Duration timeout) {
        this.timeout = timeout;
        publisher.subscribe(new Receiver());
    }

    /**
     * Returns the next bytes, or null after the last.
     *
     * @throws HttpTimeoutException if none came for too long
     * @throws IOException if the connection broke
     */
    @Nullable
    List<ByteBuffer> next() throws IOException, InterruptedException {
        if (ended) {
            return null;
        }
        Signal signal = signals.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (signal == null) {
            throw new HttpTimeoutException("nothing arrived for " + timeout.toMillis() / 1000.0 + " s");
        }
        if (signal.bytes() == null) {
            ended = true;
            if (signal.failure() != null) {
                throw new IOException(signal.failure().getMessage(), signal.failure());
            }
            return null;
        }
        request();
        return signal.bytes();
    }

    /** Returns all that is left, or the first bytes of it if there are more than the limit. */
    byte[] readAll(int limit) throws IOException, InterruptedException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        while (true) {
            List<ByteBuffer> buffers = next();
            if (buffers == null) {
                return content.toByteArray();
            }
            for (ByteBuffer buffer : buffers) {
                byte[] bytes = new byte[Math.min(buffer.remaining(), limit - content.size())];
                buffer.get(bytes);
                content.write(bytes);
            }
            if (content.size() >= limit) {
                return content.toByteArray();
            }
        }
    }

    /** Gives the connection up unless everything was read. */
    @Override
    public void close() {
        Flow.Subscription current = subscription;
        if (!ended && current != null) {
            current.cancel();
        }
    }

    private void request() {
        Flow.Subscription current = subscription;
        if (current != null) {
            current.request(1);
        }
    }

    /** What the connection said: bytes, or the end with or without a failure. */
    private record Signal(
            @Nullable List<ByteBuffer> bytes, @Nullable Throwable failure) {}

    private final class Receiver implements Flow.Subscriber<List<ByteBuffer>> {
        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {
            signals.add(new Signal(bytes, null));
        }

        @Override
        public void onError(Throwable failure) {
            signals.add(new Signal(null, failure));
        }

        @Override
        public void onComplete() {
            signals.add(new Signal(null, null));
        }
    }
}
