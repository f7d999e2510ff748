package io.github.whisperspeedtest.worker;

/** A live stream. Thread-safe. */
public interface LiveStream extends AutoCloseable {
    /**
     * Adds audio; returns at once. Audio after the end of the stream is ignored.
     *
     * @param pcm 16-bit little-endian samples at 16 kHz, mono
     * @return false if the audio was refused, because too much is waiting
     */
    boolean append(byte[] pcm);

    /** Ends the audio. The rest is confirmed, then {@link LiveListener#onEnd} is called. Idempotent; does not wait. */
    void finish();

    /** Cancels the stream. Idempotent; does not wait. */
    @Override
    void close();
}
