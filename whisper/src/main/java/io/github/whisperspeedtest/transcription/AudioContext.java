package io.github.whisperspeedtest.transcription;

import io.github.whisperspeedtest.network.WindowFrames;

/** How much of its window of 30 s Whisper's encoder computes. */
public enum AudioContext {
    /** The whole window, as the models were trained. */
    FULL,
    /**
     * The audio of the window and some silence after it, with the positions that they have in a whole window. Takes less time for
     * a window that is not full. Source: {@code audio_ctx} of whisper.cpp.
     */
    AUTO;

    private static final int WINDOW_POSITIONS = 1500;

    /**
     * Frames of silence after the audio, at least. With none the embedded model repeats itself or loses text; docs/error-rates.md
     * compares lengths.
     */
    private static final int SILENCE_FRAMES = 200;

    /** Similar lengths share a context, so that engines reuse what they prepared for it. */
    private static final int STEP_FRAMES = 100;

    /**
     * Returns how many positions the encoder computes.
     *
     * @param frames frames of the window that hold audio, 100 a second
     */
    public int positions(long frames) {
        if (this == FULL) {
            return WINDOW_POSITIONS;
        }
        long wanted = (frames + SILENCE_FRAMES + STEP_FRAMES - 1) / STEP_FRAMES * STEP_FRAMES;
        return (int) Math.min(WINDOW_POSITIONS, wanted / WindowFrames.PER_POSITION);
    }
}
