package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.streaming.StreamingSummary;

/** Receives the events of a live stream, one after the other. The last one is either {@link #onEnd} or {@link #onFailure}. */
public interface LiveListener {
    /** Called when the model is loaded and the stream takes audio without delay. */
    default void onReady() {}

    /** Called for each event. */
    void onEvent(StreamingEvent event);

    /** Called after {@link LiveStream#finish}, when all text is confirmed. */
    void onEnd(StreamingSummary summary);

    /** Called when the stream fails or is cancelled. */
    void onFailure(JobEnd.Failed failure);
}
