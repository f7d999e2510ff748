package io.github.whisperspeedtest.mel;

import io.github.whisperspeedtest.audio.Audio;
import java.util.Arrays;
import java.util.Objects;

/**
 * The spectrogram that Whisper's encoder takes: windows of 30 s, a frame every 10 ms, 80 or 128 mel bins.
 *
 * <p>Computes what {@code log_mel_spectrogram} of openai/whisper does for audio with 30 s of silence behind it: frames of 400
 * samples with a periodic Hann window, centred on every 160th sample (those before the first sample are reflected), power,
 * Slaney's mel filters, and the logarithm to base 10 of at least 1e-10. Then everything further than 8 below the maximum is raised
 * to that, and {@code x} becomes {@code (x + 4) / 4}. One thing differs: the maximum is that of the window, not of the whole
 * recording, so that a window does not depend on what comes minutes later. whisper.cpp and Hugging Face's feature extractor do
 * the same for audio of up to 30 s.
 *
 * <p>Samples that are no numbers count as silence in the bins that they reach.
 *
 * <p>Not thread-safe: owns its buffers. A window of a whole recording allocates nothing.
 */
public final class LogMelSpectrogram {
    /** Frames of a window. */
    public static final int FRAMES = 3000;

    private static final float MIN_POWER = 1e-10f;
    private static final float MIN_LOGARITHM = -10;
    private static final float DYNAMIC_RANGE = 8;

    /** Samples of the first frame that lie before the beginning of the audio. */
    private static final int REFLECTED = MelFilterbank.FFT_SIZE / 2;

    /** What frames after the end of the audio hold. */
    public enum Padding {
        /** Zero, as where OpenAI's {@code transcribe} cuts the finished spectrogram to the length of the audio and pads it. */
        ZERO,
        /** What silence gives, as where the samples are padded: whisper.cpp, Hugging Face, OpenAI's language detection. */
        SILENCE
    }

    private final MelFilterbank filterbank;
    private final Padding padding;
    private final PowerSpectra spectra = new PowerSpectra();
    private final float[] melRow = new float[PowerSpectra.FRAMES];

    /** For each bin the first frequency that it takes in, and the first one after that it does not. */
    private final int[] firstFrequencies;

    private final int[] endFrequencies;

    /**
     * Creates a spectrogram.
     *
     * @param bins 80, or 128 from large-v3 on
     * @param padding what to write after the end of the audio
     * @throws IllegalArgumentException if {@code bins} is less than 1
     */
    public LogMelSpectrogram(int bins, Padding padding) {
        this.filterbank = MelFilterbank.of(bins);
        this.padding = Objects.requireNonNull(padding, "padding");
        this.firstFrequencies = new int[bins];
        this.endFrequencies = new int[bins];
        for (int bin = 0; bin < bins; bin++) {
            int first = 0;
            while (first < MelFilterbank.FREQUENCIES && filterbank.weight(bin, first) == 0) {
                first++;
            }
            int end = MelFilterbank.FREQUENCIES;
            while (end > first && filterbank.weight(bin, end - 1) == 0) {
                end--;
            }
            firstFrequencies[bin] = first;
            endFrequencies[bin] = end;
        }
    }

    /** Returns how many frames audio fills: whole steps of 10 ms. */
    public static long frames(Audio audio) {
        return audio.sampleCount() / PowerSpectra.HOP;
    }

    /**
     * Computes one window.
     *
     * @param audio the whole recording: frames at the edges of the window take in samples outside of it
     * @param firstFrame where the window begins, in frames; may be at the end of the audio or behind it
     * @param target receives {@code bins} rows of {@link #FRAMES} values, row after row
     * @throws IllegalArgumentException if {@code firstFrame} is negative or {@code target} has another length
     */
    public void window(Audio audio, long firstFrame, float[] target) {
        int bins = filterbank.bins();
        if (firstFrame < 0) {
            throw new IllegalArgumentException("A window cannot begin at frame " + firstFrame);
        }
        if (target.length != bins * FRAMES) {
            throw new IllegalArgumentException("A window of " + bins + " bins has " + bins * FRAMES
                    + " values, but the target has " + target.length);
        }
        float maximum = MIN_LOGARITHM;
        for (int frame = 0; frame < FRAMES; frame += PowerSpectra.FRAMES) {
            long firstSample = (firstFrame + frame) * PowerSpectra.HOP - REFLECTED;
            if (firstSample >= audio.sampleCount()) {
                fill(target, frame, MIN_LOGARITHM);
                break;
            }
            readSamples(audio, firstSample);
            spectra.transform();
            maximum = Math.max(maximum, writeLogarithms(target, frame));
        }
        normalise(target, maximum);
        long content = frames(audio) - firstFrame;
        if (padding == Padding.ZERO && content < FRAMES) {
            fill(target, (int) Math.max(0, content), 0);
        }
    }

    /**
     * Computes one window of a part of a recording, as if that part were all of it.
     *
     * @param audio the whole recording
     * @param firstFrame where the part begins, in frames
     * @param frames how long it is, at most {@link #FRAMES}; the recording may end before
     * @param target receives {@code bins} rows of {@link #FRAMES} values, row after row
     * @throws IllegalArgumentException if {@code firstFrame} or {@code frames} is out of range or {@code target} has another length
     */
    public void window(Audio audio, long firstFrame, int frames, float[] target) {
        if (firstFrame < 0 || frames < 0 || frames > FRAMES) {
            throw new IllegalArgumentException(
                    "A window has 0 to " + FRAMES + " frames from 0 on, not " + frames + " from " + firstFrame);
        }
        long count = audio.sampleCount();
        long start = Math.min(count, firstFrame * PowerSpectra.HOP);
        // What is left after the last whole frame belongs to that frame.
        long end = firstFrame + frames >= frames(audio) ? count : start + (long) frames * PowerSpectra.HOP;
        window(audio.slice(start, end), 0, target);
    }

    private void readSamples(Audio audio, long first) {
        float[] samples = spectra.samples();
        int before = first < 0 ? REFLECTED : 0;
        int count = before + audio.read(first + before, samples, before, samples.length - before);
        Arrays.fill(samples, count, samples.length, 0);
        for (int i = 0; i < before; i++) {
            samples[i] = samples[2 * before - i];
        }
    }

    /** Sums the spectra into the bins and writes the logarithms to the columns from {@code frame} on; returns the greatest. */
    private float writeLogarithms(float[] target, int frame) {
        float maximum = MIN_LOGARITHM;
        for (int bin = 0; bin < filterbank.bins(); bin++) {
            Arrays.fill(melRow, 0);
            for (int frequency = firstFrequencies[bin]; frequency < endFrequencies[bin]; frequency++) {
                addScaled(melRow, spectra.power(frequency), filterbank.weight(bin, frequency));
            }
            int start = bin * FRAMES + frame;
            for (int i = 0; i < melRow.length; i++) {
                float power = melRow[i];
                float logarithm = power > MIN_POWER ? Log10.of(power) : MIN_LOGARITHM;
                target[start + i] = logarithm;
                maximum = logarithm > maximum ? logarithm : maximum;
            }
        }
        return maximum;
    }

    private static void addScaled(float[] sum, float[] row, float weight) {
        for (int i = 0; i < PowerSpectra.FRAMES; i++) {
            sum[i] += row[i] * weight;
        }
    }

    private static void normalise(float[] values, float maximum) {
        float least = maximum - DYNAMIC_RANGE;
        for (int i = 0; i < values.length; i++) {
            values[i] = (Math.max(values[i], least) + 4) / 4;
        }
    }

    /** Fills the columns from {@code frame} to the end of the window. */
    private static void fill(float[] target, int frame, float value) {
        for (int start = 0; start < target.length; start += FRAMES) {
            Arrays.fill(target, start + frame, start + FRAMES, value);
        }
    }
}
