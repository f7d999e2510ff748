package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;

class ChannelMixerTest {
    private static final int SECOND = Audio.SAMPLE_RATE;
    private static final float[] TONE = Signals.tone(440, 0.5, Audio.SAMPLE_RATE, 4 * SECOND);

    /** The signal of a channel by sample. */
    @FunctionalInterface
    private interface Channel {
        double at(int sample);
    }

    @Test
    void selectsOneOfTwoInverseChannels() {
        Audio audio = read(i -> TONE[i], i -> -TONE[i]);

        assertThat(Signals.amplitude(Signals.samples(audio), 0, 4 * SECOND, 440))
                .isCloseTo(0.5, within(0.001));
        assertThat(audio.warnings())
                .containsExactly("Its channels have opposite phase and cancel out in 4.000 s of 4.000 s;"
                        + " only one channel was read there.");
    }

    @Test
    void selectsLoudestOfSeveralChannels() {
        Audio audio = read(i -> -0.8 * TONE[i], i -> 0, i -> TONE[i], i -> -0.2 * TONE[i]);

        assertThat(Signals.amplitude(Signals.samples(audio), 0, 4 * SECOND, 440))
                .isCloseTo(0.5, within(0.001));
    }

    @Test
    void mixesSilentAndIndependentChannels() {
        for (Channel other : new Channel[] {i -> 0, i -> 0.5 * Math.sin(0.3 * i), i -> TONE[i]}) {
            Audio audio = read(i -> TONE[i], other);

            assertThat(audio.warnings()).isEmpty();
            float[] samples = Signals.samples(audio);
            assertThat(samples[12_345]).isCloseTo((float) ((TONE[12_345] + other.at(12_345)) / 2), within(1e-4f));
        }
    }

    /** During the pause, both channels have independent noise, which does not cancel out. */
    @Test
    void keepsChoiceDuringPause() {
        Channel voice = i -> i / SECOND % 2 == 0 ? TONE[i] : 0;
        Audio audio = read(i -> voice.at(i) + 0.002 * Math.sin(0.1 * i), i -> -voice.at(i) + 0.002 * Math.sin(0.3 * i));

        assertThat(audio.warnings()).singleElement().asString().contains("in 4.000 s of 4.000 s");
    }

    @Test
    void crossfadesAtPartiallyInverseChannels() {
        Audio audio = read(i -> TONE[i], i -> i < 2 * SECOND ? -TONE[i] : 0);

        float[] samples = Signals.samples(audio);
        assertThat(Signals.amplitude(samples, 0, 2 * SECOND, 440)).isCloseTo(0.5, within(0.001));
        assertThat(Signals.amplitude(samples, 2 * SECOND + 1_000, 4 * SECOND, 440))
                .isCloseTo(0.25, within(0.001));
        for (int i = 1; i < samples.length; i++) {
            // The tone itself changes by at most 0.087 per sample.
            assertThat(Math.abs(samples[i] - samples[i - 1])).isLessThan(0.095f);
        }
        assertThat(audio.warnings()).singleElement().asString().contains("in 2.000 s of 4.000 s");
    }

    private static Audio read(Channel... channels) {
        WavWriter writer = new WavWriter().channels(channels.length);
        double[] samples = new double[TONE.length * channels.length];
        for (int i = 0; i < TONE.length; i++) {
            for (int channel = 0; channel < channels.length; channel++) {
                samples[i * channels.length + channel] = channels[channel].at(i);
            }
        }
        return AudioFiles.read(
                "channels.wav", new ByteArrayInputStream(writer.samples(samples).bytes()));
    }
}
