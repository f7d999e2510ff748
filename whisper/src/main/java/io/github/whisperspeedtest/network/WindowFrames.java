package io.github.whisperspeedtest.network;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.List;

/** The length of windows, for implementations of {@link WhisperNetwork#encode}. */
public final class WindowFrames {
    /** Mel frames for each position of the encoder. */
    public static final int PER_POSITION = 2;

    private WindowFrames() {}

    /**
     * Returns the number of frames of each window.
     *
     * @param windows as {@link WhisperNetwork#encode} takes them
     * @throws IllegalArgumentException if they differ in length, or have no even number of frames up to
     *     {@code 2 * nAudioCtx}
     */
    public static int of(List<float[]> windows, ModelDimensions dimensions) {
        int size = windows.get(0).length;
        int frames = size / dimensions.nMels();
        boolean isWhole = size == frames * dimensions.nMels() && frames % PER_POSITION == 0;
        boolean isInRange = frames >= PER_POSITION && frames <= PER_POSITION * dimensions.nAudioCtx();
        if (!isWhole || !isInRange || windows.stream().anyMatch(window -> window.length != size)) {
            throw new IllegalArgumentException("Windows must be equally long and have " + dimensions.nMels()
                    + " rows of 2, 4, ... or " + PER_POSITION * dimensions.nAudioCtx() + " frames, but have "
                    + windows.stream().map(window -> window.length).distinct().toList() + " values");
        }
        return frames;
    }
}
