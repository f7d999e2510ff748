package io.github.whisperspeedtest.audio;

import java.util.Arrays;

/**
 * Mixes channels down to their mean, or selects one channel where they cancel out.
 *
 * <p>A microphone with reversed polarity makes one channel the inverse of the other, so their mean is silence. The
 * audio is therefore examined in blocks of half a second. For a loud block, the power of the channels' sum is compared
 * with the sum of their powers. The two are equal for independent channels and for a single active channel; for inverse
 * channels the power of the sum is almost zero. Between the two thresholds, and in blocks that are quiet compared with
 * the rest, the previous choice is kept, so noise in a pause does not change it. A change of choice is cross-faded.
 */
final class ChannelMixer {
    /** 80 dB below full scale: quieter than a quiet voice, louder than converter noise. */
    private static final double SILENT_POWER = 1e-8;

    /** A block 30 dB below the loudest block so far is a pause. */
    private static final double PAUSE = 1e-3;

    /** Channels cancel out if their sum has less than this share of their power (15 dB below). */
    private static final double CANCELLED = 0.03;

    /** Channels do not cancel out if their sum has more than this share, half that of independent channels. */
    private static final double SOUND = 0.5;

    private final int channels;
    private final int fadeFrames;
    private final Output output;

    private final float[] block;
    private int filled;
    private int chosen = -1;
    private boolean started;
    private double loudest;
    private long cancelledFrames;
    private float[] mono = new float[0];
    private float[] previous = new float[0];

    /** Receives the mixed samples. */
    @FunctionalInterface
    interface Output {
        void accept(float[] samples, int length);
    }

    ChannelMixer(int sampleRate, int channels, Output output) {
        this.channels = channels;
        this.output = output;
        fadeFrames = sampleRate / 100;
        block = channels == 1 ? new float[0] : new float[sampleRate / 2 * channels];
    }

    /** Buffers frames and passes on completed blocks. */
    void write(float[] interleaved, int frames) {
        if (channels == 1) {
            output.accept(interleaved, frames);
            return;
        }
        int length = frames * channels;
        for (int done = 0; done < length; ) {
            int part = Math.min(length - done, block.length - filled);
            System.arraycopy(interleaved, done, block, filled, part);
            filled += part;
            done += part;
            if (filled == block.length) {
                mixBlock();
            }
        }
    }

    /** Passes on the remaining frames. */
    void finish() {
        if (filled > 0) {
            mixBlock();
        }
    }

    /** Returns the number of frames for which one channel was selected. */
    long cancelledFrames() {
        return cancelledFrames;
    }

    private void mixBlock() {
        int frames = filled / channels;
        filled = 0;
        if (mono.length < frames) {
            mono = new float[frames];
            previous = new float[frames];
        }
        int before = chosen;
        choose(frames);
        mix(chosen, frames, mono);
        if (chosen != before && started) {
            int fade = Math.min(fadeFrames, frames);
            mix(before, fade, previous);
            for (int i = 0; i < fade; i++) {
                mono[i] = previous[i] + (mono[i] - previous[i]) * i / fade;
            }
        }
        started = true;
        cancelledFrames += chosen < 0 ? 0 : frames;
        output.accept(mono, frames);
    }

    /** Selects the mean (-1) or a channel for the block. */
    private void choose(int frames) {
        double[] powers = new double[channels];
        double mixed = 0;
        int at = 0;
        for (int frame = 0; frame < frames; frame++) {
            double sum = 0;
            for (int channel = 0; channel < channels; channel++) {
                double sample = block[at++];
                powers[channel] += sample * sample;
                sum += sample;
            }
            mixed += sum * sum;
        }
        double total = Arrays.stream(powers).sum();
        double power = Arrays.stream(powers).max().orElse(0) / frames;
        loudest = Math.max(loudest, power);
        if (power < SILENT_POWER || power < PAUSE * loudest) {
            return;
        }
        double ratio = mixed / total;
        if (ratio > SOUND) {
            chosen = -1;
        } else if (ratio < CANCELLED && chosen < 0) {
            for (int channel = 0; channel < channels; channel++) {
                chosen = chosen < 0 || powers[channel] > powers[chosen] ? channel : chosen;
            }
        }
    }

    private void mix(int channel, int frames, float[] target) {
        if (channel >= 0) {
            for (int frame = 0; frame < frames; frame++) {
                target[frame] = block[frame * channels + channel];
            }
            return;
        }
        float scale = 1f / channels;
        int at = 0;
        for (int frame = 0; frame < frames; frame++) {
            float sum = 0;
            for (int i = 0; i < channels; i++) {
                sum += block[at++];
            }
            target[frame] = sum * scale;
        }
    }
}
