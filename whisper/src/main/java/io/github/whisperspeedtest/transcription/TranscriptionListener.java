package io.github.whisperspeedtest.transcription;

/**
 * Is told of a transcription while it runs.
 *
 * <p>Called on the thread that transcribes; what a listener throws ends the transcription and reaches its caller.
 */
public interface TranscriptionListener {
    /** A listener that does nothing. */
    TranscriptionListener NONE = new TranscriptionListener() {};

    /** Called for each finished segment, in order of time. */
    default void onSegment(Segment segment) {}

    /**
     * Called when more of the audio is done.
     *
     * @param fraction the part that is done, 0 to 1, never less than the time before
     */
    default void onProgress(double fraction) {}
}
