package io.github.whisperspeedtest.microphone;

import io.github.whisperspeedtest.audio.SampleConsumer;
import io.github.whisperspeedtest.audio.StreamingResampler;
import io.github.whisperspeedtest.error.OperationCancelledException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open microphone.
 *
 * <p>Java Sound neither throws nor reports an event where a device vanishes: reads then return nothing, or never return, and closing
 * may block. So threads of this class read and close, which the caller's thread waits for no longer than the limits below.
 */
public final class Microphone implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Microphone.class);

    private static final int BLOCKS_PER_SECOND = 50;

    /** How many blocks wait for a consumer that is slow. */
    private static final int QUEUED = 60 * BLOCKS_PER_SECOND;

    private static final long POLL_MILLIS = 50;

    /** A device that works gives a block every 20 ms, and PulseAudio several times a second. */
    private static final Duration STALL_LIMIT = Duration.ofSeconds(3);

    /** Reads without a byte, each followed by a pause. */
    private static final int EMPTY_READS = 50;

    private static final long EMPTY_PAUSE_MILLIS = 10;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final String name;
    private final TargetDataLine line;
    private final AudioFormat format;
    private final BlockingQueue<byte[]> blocks = new ArrayBlockingQueue<>(QUEUED);
    private volatile @Nullable String end;
    private volatile boolean closed;

    /** Takes over an open line with signed 16-bit little-endian samples. */
    Microphone(String name, TargetDataLine line) {
        this.name = name;
        this.line = line;
        format = line.getFormat();
    }

    /** Returns the name of the device. */
    public String name() {
        return name;
    }

    /**
     * Records until it is stopped; can be called once.
     *
     * @param consumer receives the sound as 16 kHz mono, on the calling thread
     * @param stop asked some times a second; true ends the recording
     * @throws MicrophoneException if the device stops; the consumer has everything before that
     * @throws OperationCancelledException if the thread is interrupted
     */
    public void record(SampleConsumer consumer, BooleanSupplier stop) {
        StreamingResampler resampler =
                new StreamingResampler((int) format.getSampleRate(), format.getChannels(), consumer);
        start("microphone-reader", this::read);
        try {
            pass(resampler, stop);
        } finally {
            closed = true;
            resampler.finish();
        }
    }

    private void pass(StreamingResampler resampler, BooleanSupplier stop) {
        long last = System.nanoTime();
        while (!stop.getAsBoolean()) {
            byte[] block = poll();
            if (block != null) {
                last = System.nanoTime();
                float[] samples = samples(block);
                resampler.write(samples, samples.length / format.getChannels());
            } else if (end != null || System.nanoTime() - last > STALL_LIMIT.toNanos()) {
                throw new MicrophoneException("The microphone '" + name + "' stopped: "
                        + (end == null ? "it gave no sound for " + STALL_LIMIT.toSeconds() + " s" : end)
                        + ". Connect it again, or start the sound server, and try again.");
            }
        }
    }

    private byte @Nullable [] poll() {
        try {
            return blocks.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("The recording was interrupted.", e);
        }
    }

    private static float[] samples(byte[] bytes) {
        float[] samples = new float[bytes.length / 2];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) ((bytes[2 * i] & 0xff) | bytes[2 * i + 1] << 8) * 0x1p-15f;
        }
        return samples;
    }

    private void read() {
        byte[] buffer = new byte[(int) format.getSampleRate() / BLOCKS_PER_SECOND * format.getFrameSize()];
        int empty = 0;
        try {
            line.start();
            while (!closed && empty < EMPTY_READS) {
                int length = line.read(buffer, 0, buffer.length);
                if (length > 0) {
                    empty = 0;
                    if (!blocks.offer(Arrays.copyOf(buffer, length))) {
                        end = "the program took longer than the recording";
                        return;
                    }
                } else {
                    empty++;
                    Thread.sleep(EMPTY_PAUSE_MILLIS);
                }
            }
            end = "it was unplugged, or its sound server ended";
        } catch (InterruptedException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            end = String.valueOf(e.getMessage());
        }
    }

    /** Frees the device, or gives up after two seconds where the sound server does not answer. */
    @Override
    public void close() {
        closed = true;
        Thread closing = start("microphone-close", () -> {
            line.stop();
            line.close();
        });
        try {
            closing.join(CLOSE_LIMIT.toMillis());
            if (closing.isAlive()) {
                LOG.debug("The microphone {} does not close", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts a thread that does not keep the JVM alive. */
    static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
