package io.github.whisperspeedtest.audio;

import java.util.Arrays;

/**
 * Mixes the channels of a recording down to their mean, and takes one channel alone where they cancel each other out.
 *
 * <p>A microphone that is wired the wrong way round gives the opposite of the other channel, and the mean of both is silence. So
 * the sound is examined in blocks of half a second. In a loud block, the power of the channels' sum is compared with the sum of
 * their powers. Both are the same for channels that have nothing in common and for one that is alone; of opposite channels the sum
 * has next to no power. Between the two limits, and in a block that is quiet beside the others, the choice stays as it was, so that
 * the noise of a pause does not change it; where it does change, one fades into the other.
 */
final class ChannelMixer {
    /** 80 dB below full scale: a quiet voice is louder, the noise of a converter is not. */
    private static final double SILENT_POWER = 1e-8;

    /** A block this much quieter than the loudest one so far, 30 dB, is a pause. */
    private static final double PAUSE = 1e-3;

    /** The channels cancel each other out where their sum has less than this part of their power: 15 dB below. */
    private static final double CANCELLED = 0.03;

    /** They do not where it has more than this, half of what independent channels have. */
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

    /** Takes the mixed sound. */
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

    /** Takes frames and passes on the blocks that they complete. */
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

    /** Passes on the rest. */
    void finish() {
        if (filled > 0) {
            mixBlock();
        }
    }

    /** Returns how many frames one channel alone was taken of. */
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

    /** Chooses the mean (-1) or a channel for the block. */
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
