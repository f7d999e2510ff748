package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.error.OperationCancelledException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Transcribes speech while it is spoken. Audio goes in by blocks, text comes out as {@linkplain StreamingEvent events}. Confirmed text
 * never changes.
 *
 * <p>It is meant for audio that comes at the speed of time. Memory is bounded: audio that waits for more than 45 s is given up. A source
 * that is faster waits while {@link #waiting} is long; {@link StreamingModel#simulate} does so for a recording.
 *
 * <p>Thread-safe. Events come on a daemon thread.
 */
public final class StreamingTranscriber implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final AudioRing ring;
    private final StreamingSession session;
    private final Thread thread;
    private final Object lock = new Object();
    private long lastAppend = System.nanoTime();
    private boolean finished;
    private boolean closed;
    private boolean ended;
    private long decodedTo;
    private @Nullable Throwable failure;

    StreamingTranscriber(AudioRing ring, Function<StreamClock, StreamingSession> sessions) {
        this.ring = ring;
        session = sessions.apply(new RealClock());
        thread = new Thread(this::run, "streaming-transcriber");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Adds audio; returns at once.
     *
     * @param samples 16 kHz mono
     * @param offset index of the first sample
     * @param length number of samples
     * @throws IllegalStateException if the stream is finished or closed, or has failed; the failure is the cause
     */
    public void append(float[] samples, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, samples.length);
        synchronized (lock) {
            if (hasEnded()) {
                throw new IllegalStateException("The stream has ended and takes no more audio.", failure);
            }
            lastAppend = System.nanoTime();
            ring.append(samples, offset, length);
            lock.notifyAll();
        }
    }

    /** Returns whether the stream has ended, also by a failure, and takes no more audio; {@link #finish} throws the failure. */
    public boolean hasEnded() {
        synchronized (lock) {
            return finished || closed || ended || failure != null;
        }
    }

    /** Returns the length of the audio that the policy has not looked at yet; it grows while a transcription runs. */
    public Duration waiting() {
        synchronized (lock) {
            return Samples.duration(Math.max(0, ring.end() - decodedTo));
        }
    }

    /**
     * Ends the audio, confirms the rest, and returns when all events are delivered.
     *
     * @throws OperationCancelledException if this thread is interrupted, which closes the stream; the thread stays interrupted
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException as a transcription does
     * @throws RuntimeException if the listener throws it
     * @throws IllegalStateException if the stream was closed
     */
    public StreamingSummary finish() {
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("The stream is closed.");
            }
            finished = true;
            lock.notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("The live transcription was interrupted.", e);
        }
        synchronized (lock) {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            return session.summary();
        }
    }

    /**
     * Ends the stream early: a running transcription is cancelled, and what is confirmed is reported as the last utterance. Waits for
     * the thread, for at most five seconds. Idempotent; the model stays open.
     */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        if (thread == Thread.currentThread()) {
            return;
        }
        thread.interrupt();
        boolean interrupted = false;
        long end = System.nanoTime() + CLOSE_LIMIT.toNanos();
        long left = CLOSE_LIMIT.toMillis();
        while (left > 0 && thread.isAlive()) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = (end - System.nanoTime()) / 1_000_000;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            long next = 0;
            while (next != StreamingSession.DONE) {
                boolean complete = await(next);
                next = session.work(complete);
                synchronized (lock) {
                    decodedTo = next == StreamingSession.DONE ? ring.end() : Math.min(next, ring.end());
                }
            }
        } catch (RuntimeException | Error e) {
            synchronized (lock) {
                failure = e;
            }
            abandon(e);
        } finally {
            synchronized (lock) {
                ended = true;
            }
        }
    }

    private void abandon(Throwable cause) {
        try {
            session.abandon();
        } catch (RuntimeException | Error e) {
            cause.addSuppressed(e);
        }
    }

    /** Waits until the stream has the given length or is finished; returns whether it is finished. */
    private boolean await(long length) {
        synchronized (lock) {
            while (!closed && !finished && ring.end() < length) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    closed = true;
                }
            }
            if (closed) {
                throw new OperationCancelledException("The live transcription was closed.");
            }
            return finished;
        }
    }

    /** Follows the audio, not the time of day, so that a source whose clock is slow does not look like a delay. */
    private final class RealClock implements StreamClock {
        private Duration latest = Duration.ZERO;

        @Override
        public Duration now() {
            synchronized (lock) {
                Duration now = Samples.duration(ring.end()).plusNanos(System.nanoTime() - lastAppend);
                // A block that comes late is no step back.
                latest = now.compareTo(latest) < 0 ? latest : now;
                return latest;
            }
        }

        @Override
        public Duration time(Runnable work) {
            long start = System.nanoTime();
            work.run();
            return Duration.ofNanos(System.nanoTime() - start);
        }
    }
}
