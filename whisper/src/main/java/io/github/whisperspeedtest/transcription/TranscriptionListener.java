package io.github.whisperspeedtest.transcription;

/**
 * Receives events of a running transcription.
 *
 * <p>Called on the transcribing thread. An exception from a listener ends the transcription and is passed to the
 * caller.
 */
public interface TranscriptionListener {
    /** A listener that does nothing. */
    TranscriptionListener NONE = new TranscriptionListener() {};

    /** Called for each finished segment, in order of time. */
    default void onSegment(Segment segment) {}

    /**
     * Called when progress is made.
     *
     * @param fraction processed fraction of the audio, 0 to 1, never decreasing
     */
    default void onProgress(double fraction) {}
}
