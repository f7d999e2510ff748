package io.github.whisperspeedtest.streaming;

/**
 * Receives the events of a stream, one after the other, on the stream's thread.
 *
 * <p>It delays the next step, so it should return soon. An exception from it ends the stream.
 */
@FunctionalInterface
public interface StreamingListener {
    /** Called for each event. */
    void onEvent(StreamingEvent event);
}
