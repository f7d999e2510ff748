package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Test signals, and measurements of decoded or filtered signals. */
final class Signals {
    static final int REFERENCE_RATE = 44_100;
    static final int LEFT_TONE = 600;
    static final int RIGHT_TONE = 1_500;

    private Signals() {}

    /** Writes the recording from which the compressed test files were made; see README.md in their directory. */
    public static void main(String[] arguments) throws IOException {
        Files.write(Path.of(arguments[0]), reference().bits(16).bytes());
    }

    /** Returns one second of stereo: left 600 Hz and right 1500 Hz at half of full scale, with some noise. */
    static WavWriter reference() {
        WavWriter writer = new WavWriter().rate(REFERENCE_RATE).channels(2);
        long noise = 1;
        for (int i = 0; i < REFERENCE_RATE; i++) {
            for (int tone : new int[] {LEFT_TONE, RIGHT_TONE}) {
                noise = noise * 6364136223846793005L + 1442695040888963407L;
                long dither = (noise >>> 61) - 4;
                writer.samples((Math.round(16384 * StrictMath.sin(2 * Math.PI * tone * i / REFERENCE_RATE)) + dither)
                        / 32768.0);
            }
        }
        return writer;
    }

    static float[] tone(double frequency, double amplitude, int rate, int length) {
        float[] result = new float[length];
        for (int i = 0; i < length; i++) {
            result[i] = (float) (amplitude * Math.sin(2 * Math.PI * frequency * i / rate));
        }
        return result;
    }

    static double[] doubles(float[] samples) {
        double[] result = new double[samples.length];
        for (int i = 0; i < samples.length; i++) {
            result[i] = samples[i];
        }
        return result;
    }

    static float[] samples(Audio audio) {
        float[] result = new float[(int) audio.sampleCount()];
        audio.read(0, result, 0, result.length);
        return result;
    }

    static double rms(float[] samples, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) samples[i] * samples[i];
        }
        return Math.sqrt(sum / (to - from));
    }

    /**
     * Returns the amplitude of one frequency in 16 kHz samples, by projection with a Hann window, which suppresses
     * other tones.
     */
    static double amplitude(float[] samples, int from, int to, double frequency) {
        double real = 0;
        double imaginary = 0;
        double weights = 0;
        for (int i = from; i < to; i++) {
            double weight = 1 - Math.cos(2 * Math.PI * (i - from + 0.5) / (to - from));
            double angle = 2 * Math.PI * frequency * i / Audio.SAMPLE_RATE;
            real += weight * samples[i] * Math.cos(angle);
            imaginary += weight * samples[i] * Math.sin(angle);
            weights += weight;
        }
        return 2 * Math.hypot(real, imaginary) / weights;
    }

    static double decibels(double ratio) {
        return 20 * Math.log10(ratio);
    }

    static byte[] resource(String name) {
        try (InputStream in = Signals.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
