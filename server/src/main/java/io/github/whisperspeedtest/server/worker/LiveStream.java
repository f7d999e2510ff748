package io.github.whisperspeedtest.server.worker;

/** A live stream. Thread-safe. */
public interface LiveStream extends AutoCloseable {
    /**
     * Adds audio; returns at once.
     *
     * @param pcm 16-bit little-endian samples at 16 kHz, mono
     * @return whether the stream takes more audio; false if too much is waiting, or the stream has ended
     */
    boolean append(byte[] pcm);

    /** Ends the audio. The rest is confirmed, then {@link LiveListener#onEnd} is called. Idempotent; does not wait. */
    void finish();

    /** Cancels the stream. Idempotent; does not wait. */
    @Override
    void close();
}
