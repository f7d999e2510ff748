package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.audio.Audio;
import java.util.Locale;

/** The level of a recording while it grows. */
final class LevelMeter {
    /** Ten values a second. */
    private static final int BLOCK = Audio.SAMPLE_RATE / 10;

    private static final int WIDTH = 20;

    /** The left end of the meter in decibels relative to full scale. */
    private static final double FLOOR = -60;

    private double sum;
    private int count;
    private double level = Double.NEGATIVE_INFINITY;
    private float peak;

    /** Adds samples and returns whether there is a new level. */
    boolean add(float[] samples, int offset, int length) {
        boolean isNew = false;
        for (int i = offset; i < offset + length; i++) {
            sum += (double) samples[i] * samples[i];
            peak = Math.max(peak, Math.abs(samples[i]));
            count++;
            if (count == BLOCK) {
                level = decibels(Math.sqrt(sum / count));
                sum = 0;
                count = 0;
                isNew = true;
            }
        }
        return isNew;
    }

    /** Returns whether nothing was louder than 60 dB below full scale, which is quieter than the noise of a microphone. */
    boolean isSilent() {
        return decibels(peak) < FLOOR;
    }

    /** Returns whether every sample was 0, which no microphone with a converter gives, but one that is muted or not permitted. */
    boolean isZero() {
        return peak == 0;
    }

    /** Returns the meter as text. */
    String show(boolean unicode) {
        int filled = (int) Math.round(Math.max(0, Math.min(1, 1 - level / FLOOR)) * WIDTH);
        String bar = (unicode ? "\u2588" : "#").repeat(filled) + (unicode ? "\u2591" : "-").repeat(WIDTH - filled);
        return bar + (level < FLOOR ? "  silent" : String.format(Locale.ROOT, "  %.0f dB", level));
    }

    private static double decibels(double value) {
        return value == 0 ? Double.NEGATIVE_INFINITY : 20 * Math.log10(value);
    }
}
