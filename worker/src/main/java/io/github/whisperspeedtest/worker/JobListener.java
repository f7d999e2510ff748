package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.transcription.Segment;

/** Receives the events of a job, one after the other. */
public interface JobListener {
    /** Called when an engine begins with the recording, which is loaded and decoded by then. */
    default void onStart() {}

    /** Called for each finished segment, in order of time. */
    default void onSegment(Segment segment) {}

    /** Called once, as the last event. */
    void onEnd(JobEnd end);
}
