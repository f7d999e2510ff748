package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.streaming.StreamingOptions;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A live stream. Its state is guarded by the lock of the {@link Dispatcher}. */
final class LiveCall implements LiveStream {
    /** 30 s of 16-bit samples at 16 kHz. */
    private static final long MOST_UNACKNOWLEDGED = 30L * 2 * 16_000;

    /** While the model is loaded, which takes minutes on slow disks. */
    private static final long MOST_EARLY = 10 * MOST_UNACKNOWLEDGED;

    final long id;
    final ModelSlot slot;
    final StreamingOptions options;
    final LiveListener listener;
    final Executor delivery;

    /** The audio that came before there was a worker. */
    final Deque<byte[]> early = new ArrayDeque<>();

    /** The worker that has it, null while it waits. */
    @Nullable
    Worker worker;

    boolean isFinished;
    boolean hasEnded;

    /** Bytes that the worker has not received, as far as known. */
    private long unacknowledged;

    private long most = MOST_EARLY;

    @Nullable
    Future<?> timer;

    private final Dispatcher dispatcher;
    private byte[] half = new byte[0];

    LiveCall(
            Dispatcher dispatcher,
            long id,
            ModelSlot slot,
            StreamingOptions options,
            LiveListener listener,
            Executor delivery) {
        this.dispatcher = dispatcher;
        this.id = id;
        this.slot = slot;
        this.options = options;
        this.listener = listener;
        this.delivery = delivery;
    }

    @Override
    public boolean append(byte[] pcm) {
        return dispatcher.append(this, pcm);
    }

    @Override
    public void finish() {
        dispatcher.finish(this);
    }

    @Override
    public void close() {
        dispatcher.close(this);
    }

    /** Returns whether so many further bytes may wait. */
    boolean hasRoomFor(int bytes) {
        return unacknowledged + bytes <= most;
    }

    void sent(int bytes) {
        unacknowledged += bytes;
    }

    void received(int bytes) {
        unacknowledged -= bytes;
        lowerLimit();
    }

    /** Ends the time of the higher limit, once what came early has arrived. */
    void lowerLimit() {
        if (unacknowledged < MOST_UNACKNOWLEDGED) {
            most = MOST_UNACKNOWLEDGED;
        }
    }

    /** Returns the given bytes as whole samples, with the half sample that was left before. */
    byte[] wholeSamples(byte[] pcm) {
        byte[] all = Arrays.copyOf(half, half.length + pcm.length);
        System.arraycopy(pcm, 0, all, half.length, pcm.length);
        int whole = all.length / 2 * 2;
        half = Arrays.copyOfRange(all, whole, all.length);
        return Arrays.copyOf(all, whole);
    }
}
