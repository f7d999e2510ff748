package io.github.whisperspeedtest.vad;

import java.util.Arrays;

/**
 * Takes what is louder than the background for speech; a substitute where no model of voice activity is at hand.
 *
 * <p>The background is the 10th percentile of the levels of the last ten seconds. It cannot tell speech from other sounds.
 */
public final class LevelSpeechProbability implements SpeechProbability {
    /** Ten seconds of frames. */
    private static final int HISTORY = 10 * 16_000 / SpeechSegmenter.FRAME_SAMPLES;

    private static final double BACKGROUND_QUANTILE = 0.1;

    /** How far speech is above the background, and the range of levels at which speech may begin, in decibels of full scale. */
    private static final double MARGIN = 10;

    private static final double QUIETEST = -50;
    private static final double LOUDEST = -30;

    /** Below any level of recorded sound, and not minus infinity. */
    private static final double SILENCE = -120;

    /** Decibels from the threshold, where the probability is one half, to certainty. */
    private static final double CERTAIN = 10;

    private final double[] levels = new double[HISTORY];
    private final double[] sorted = new double[HISTORY];
    private long frames;

    /** Creates the decision for a new stream. */
    public LevelSpeechProbability() {}

    @Override
    public float next(float[] frame) {
        double level = level(frame);
        levels[(int) (frames % HISTORY)] = level;
        frames++;
        double threshold = Math.min(LOUDEST, Math.max(QUIETEST, background() + MARGIN));
        return (float) Math.min(1, Math.max(0, 0.5 + (level - threshold) / (2 * CERTAIN)));
    }

    private double background() {
        int count = (int) Math.min(frames, HISTORY);
        System.arraycopy(levels, 0, sorted, 0, count);
        Arrays.sort(sorted, 0, count);
        return sorted[(int) (BACKGROUND_QUANTILE * count)];
    }

    private static double level(float[] frame) {
        double sum = 0;
        for (float sample : frame) {
            sum += (double) sample * sample;
        }
        return sum == 0 ? SILENCE : Math.max(SILENCE, 10 * Math.log10(sum / frame.length));
    }
}
