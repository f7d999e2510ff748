package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.OperationCancelledException;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * Runs a stream on a recording as if it were spoken now, in the time of its transcriptions alone: waiting takes no time, and the clock goes
 * on by what each transcription took.
 */
final class StreamSimulation implements StreamClock {
    private static final int BLOCK = Audio.SAMPLE_RATE;

    private final Audio audio;
    private final AudioRing ring;
    private final UnaryOperator<Duration> cost;
    private Duration now = Duration.ZERO;

    StreamSimulation(Audio audio, AudioRing ring, UnaryOperator<Duration> cost) {
        this.audio = audio;
        this.ring = ring;
        this.cost = cost;
    }

    void run(StreamingSession session) {
        try {
            boolean complete = false;
            long next = 0;
            while (next != StreamingSession.DONE) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new OperationCancelledException(
                            "The live transcription of " + audio.name() + " was interrupted.");
                }
                Duration then = Samples.duration(Math.min(next, audio.sampleCount()));
                now = now.compareTo(then) < 0 ? then : now;
                long spoken = Math.min(audio.sampleCount(), Samples.of(now));
                append(spoken);
                complete = spoken == audio.sampleCount();
                next = session.work(complete);
            }
        } catch (RuntimeException | Error e) {
            abandon(session, e);
            throw e;
        }
    }

    private static void abandon(StreamingSession session, Throwable failure) {
        try {
            session.abandon();
        } catch (RuntimeException | Error e) {
            failure.addSuppressed(e);
        }
    }

    private void append(long end) {
        float[] block = new float[BLOCK];
        while (ring.end() < end) {
            int length = (int) Math.min(block.length, end - ring.end());
            audio.read(ring.end(), block, 0, length);
            ring.append(block, 0, length);
        }
    }

    @Override
    public Duration now() {
        return now;
    }

    @Override
    public Duration time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        Duration taken = cost.apply(Duration.ofNanos(System.nanoTime() - start));
        now = now.plus(taken);
        return taken;
    }
}
