package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResamplerTest {
    /** Output samples at either end that are affected by the silence around the signal. */
    private static final int EDGE = 200;

    @ParameterizedTest
    @ValueSource(
            ints = {8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000})
    void passbandIsFlatAndInPhase(int rate) {
        double edge = 0.87 * Math.min(rate, 16_000) / 2;
        for (int step = 1; step <= 24; step++) {
            double frequency = edge * step / 24;
            float[] out = resample(rate, Signals.tone(frequency, 0.5, rate, rate / 4));
            float[] opposite = Signals.tone(frequency, -0.5, Audio.SAMPLE_RATE, out.length);

            double error = Signals.rms(sum(out, opposite), EDGE, out.length - EDGE)
                    / Signals.rms(opposite, EDGE, out.length - EDGE);

            // A tenth of a decibel is 1.16 %. This limit is stricter because the error includes time shifts and images.
            assertThat(error).as("%.0f Hz at %d Hz", frequency, rate).isLessThan(0.001);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 11_025, 12_000})
    void attenuatesImagesOfLowRateByEightyDecibels(int rate) {
        for (int step = 1; step <= 40; step++) {
            // Up to the Nyquist frequency of the source.
            double frequency = rate / 2.0 * step / 41;
            float[] out = resample(rate, Signals.tone(frequency, 0.5, rate, rate / 2));
            for (double image = rate - frequency; image < 8_000; image += rate) {
                assertThat(Signals.decibels(Signals.amplitude(out, EDGE, out.length - EDGE, image) / 0.5))
                        .as("image of %.0f Hz at %.0f Hz", frequency, image)
                        .isLessThan(-80);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000})
    void attenuatesAliasesByEightyDecibels(int rate) {
        for (int step = 0; step <= 40; step++) {
            double frequency = 8_000 + (rate / 2.0 - 8_001) * step / 40;
            float[] out = resample(rate, Signals.tone(frequency, 0.5, rate, rate / 4));

            assertThat(Signals.decibels(Signals.rms(out, EDGE, out.length - EDGE) / (0.5 / Math.sqrt(2))))
                    .as("%.0f Hz at %d Hz", frequency, rate)
                    .isLessThan(-80);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {44_100, 48_000, 192_000})
    void attenuatesSweepBeyondTheBand(int rate) {
        // Linear from 0 Hz to the Nyquist frequency in two seconds.
        float[] sweep = new float[2 * rate];
        double slope = rate / 4.0;
        for (int i = 0; i < sweep.length; i++) {
            double t = (double) i / rate;
            sweep[i] = (float) Math.sin(Math.PI * slope * t * t);
        }

        float[] out = resample(rate, sweep);

        int outAtSevenKilohertz = (int) (7_000 / slope * Audio.SAMPLE_RATE);
        int outAtEdge = (int) (8_000 / slope * Audio.SAMPLE_RATE);
        for (int window = EDGE; window + 160 < out.length - EDGE; window += 160) {
            double level = Signals.decibels(Signals.rms(out, window, window + 160) * Math.sqrt(2));
            if (window > 1600 && window + 160 < outAtSevenKilohertz) {
                assertThat(level).as("at sample %d", window).isBetween(-0.5, 0.5);
            } else if (window > outAtEdge + EDGE) {
                assertThat(level).as("at sample %d", window).isLessThan(-80);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 11_025, 16_000, 22_050, 44_056, 44_100, 48_000, 192_000})
    void lengthIsRoundedExactly(int rate) {
        for (int length : new int[] {0, 1, 2, 3, 10, 440, 441, 442, 1_000, 44_099, 50_000}) {
            long expected = Math.floorDiv(2L * length * 16_000 + rate, 2L * rate);

            assertThat(resample(rate, new float[length]))
                    .as("%d samples at %d Hz", length, rate)
                    .hasSize((int) expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 11_025, 16_000, 44_100, 192_000})
    void resultIsIndependentOfBlockSize(int rate) {
        Random random = new Random(7);
        float[] noise = new float[100_000];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = random.nextFloat() - 0.5f;
        }
        float[] whole = resample(rate, noise);

        Collected collected = new Collected();
        Resampler resampler = new Resampler(rate, collected);
        int at = 0;
        while (at < noise.length) {
            int part = Math.min(noise.length - at, random.nextInt(at % 3 == 0 ? 5 : 30_000));
            resampler.write(noise, at, part);
            at += part;
        }
        resampler.finish();

        assertThat(collected.samples()).containsExactly(whole);
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 11_025, 44_100, 48_000})
    void keepsPositionOfClick(int rate) {
        float[] click = new float[rate];
        int at = rate / 2;
        click[at] = 1;

        float[] out = resample(rate, click);

        int loudest = 0;
        for (int i = 0; i < out.length; i++) {
            loudest = Math.abs(out[i]) > Math.abs(out[loudest]) ? i : loudest;
        }
        assertThat(loudest).isEqualTo((int) Math.round((double) at / rate * Audio.SAMPLE_RATE));
    }

    @Test
    void keepsConstantAwayFromTheEdges() {
        float[] ones = new float[44_100];
        Arrays.fill(ones, 1);

        float[] out = resample(44_100, ones);

        Arrays.fill(ones, 0, out.length, -1);
        assertThat(Signals.rms(sum(out, ones), EDGE, out.length - EDGE)).isLessThan(1e-6);
    }

    @Test
    void passes16KilohertzUnchanged() {
        float[] tone = Signals.tone(7_900, 1, 16_000, 5_000);

        assertThat(resample(16_000, tone)).containsExactly(tone);
    }

    private static float[] resample(int rate, float[] samples) {
        Collected collected = new Collected();
        Resampler resampler = new Resampler(rate, collected);
        resampler.write(samples, 0, samples.length);
        resampler.finish();
        return collected.samples();
    }

    private static float[] sum(float[] a, float[] b) {
        float[] result = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            result[i] = a[i] + b[i];
        }
        return result;
    }

    private static final class Collected implements SampleConsumer {
        private float[] samples = new float[1024];
        private int count;

        @Override
        public void accept(float[] block, int offset, int length) {
            if (count + length > samples.length) {
                samples = Arrays.copyOf(samples, 2 * (count + length));
            }
            System.arraycopy(block, offset, samples, count, length);
            count += length;
        }

        float[] samples() {
            return Arrays.copyOf(samples, count);
        }
    }
}
