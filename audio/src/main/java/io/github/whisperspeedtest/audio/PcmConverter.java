package io.github.whisperspeedtest.audio;

import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts decoded samples to 16 kHz mono block by block and passes them on.
 *
 * <p>No samples are kept. The interrupt status of the thread is checked between blocks.
 */
final class PcmConverter implements PcmSink {
    static final int MIN_RATE = 4_000;
    static final int MAX_RATE = 384_000;
    static final int MAX_CHANNELS = 32;

    /**
     * Floating-point recordings have headroom, so samples beyond full scale are valid. Values more than 120 dB above it
     * are not audio.
     */
    private static final float MAX_SAMPLE = 1e6f;

    /** The sum of the lengths of many blocks is not exact. */
    private static final double LIMIT_TOLERANCE_SECONDS = 1e-6;

    /** The share of invalid samples is checked only when more than this many are invalid. */
    private static final int MIN_INVALID_SAMPLES = 1_000;

    private final SampleConsumer output;
    private final Set<String> warnings = new LinkedHashSet<>();
    private final @Nullable Duration limit;
    private final double limitSeconds;
    private @Nullable StreamingResampler resampler;
    private int sampleRate;
    private int channels;
    private double secondsSeen;
    private double cancelledSeconds;
    private long samplesSeen;
    private long invalidSamples;
    private String firstInvalid = "";
    private boolean anySound;
    private long sampleCount;
    private @Nullable RuntimeException outputFailure;

    /**
     * Creates a converter.
     *
     * @param output receives the samples; called within {@link #begin}, {@link #write} and {@link #finish}
     * @param limit the longest audio, null for any; {@link #write} throws {@link TooLongException} beyond it
     */
    PcmConverter(SampleConsumer output, @Nullable Duration limit) {
        this.output = Objects.requireNonNull(output, "output");
        this.limit = limit;
        limitSeconds = limit == null
                ? Double.POSITIVE_INFINITY
                : limit.getSeconds() + limit.getNano() / 1e9 + LIMIT_TOLERANCE_SECONDS;
    }

    @Override
    public void begin(int sampleRate, int channels) throws IOException {
        if (resampler != null && sampleRate == this.sampleRate && channels == this.channels) {
            return;
        }
        if (sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
            throw new MalformedAudioException("expected a sample rate from " + MIN_RATE + " to " + MAX_RATE
                    + " Hz, found " + sampleRate + " Hz in its header. The header may be damaged");
        }
        if (channels < 1 || channels > MAX_CHANNELS) {
            throw new MalformedAudioException("expected 1 to " + MAX_CHANNELS + " channels, found " + channels
                    + " in its header. The header may be damaged; otherwise mix the channels down first");
        }
        endPart();
        this.sampleRate = sampleRate;
        this.channels = channels;
        resampler = new StreamingResampler(sampleRate, channels, this::pass);
    }

    @Override
    public void write(float[] interleaved, int frames) throws IOException {
        if (resampler == null) {
            throw new IllegalStateException("write before begin");
        }
        checkInterrupted();
        if (limit != null && secondsSeen + (double) frames / sampleRate > limitSeconds) {
            throw new TooLongException(limit);
        }
        int length = frames * channels;
        for (int i = 0; i < length; i++) {
            float sample = interleaved[i];
            // The negated comparison is also true for NaN.
            if (!(Math.abs(sample) <= MAX_SAMPLE)) {
                invalid(sample, i);
                interleaved[i] = 0;
            }
            anySound |= sample != 0;
        }
        samplesSeen += length;
        if (invalidSamples > MIN_INVALID_SAMPLES) {
            checkMostAreSamples();
        }
        resampler.write(interleaved, frames);
        secondsSeen += (double) frames / sampleRate;
    }

    @Override
    public void warn(String warning) {
        warnings.add(warning);
    }

    /** Passes on the rest and returns what to say about the audio. No samples may be written afterwards. */
    AudioSummary finish() throws IOException {
        endPart();
        checkMostAreSamples();
        if (invalidSamples > 0) {
            warn("It has " + invalidSamples
                    + (invalidSamples == 1 ? " invalid sample" : " invalid samples")
                    + ", the first being " + firstInvalid + "; replaced by silence.");
        }
        if (cancelledSeconds > 0) {
            warn("Its channels have opposite phase and cancel out in " + LossWarnings.seconds(cancelledSeconds) + " of "
                    + LossWarnings.seconds(secondsSeen) + "; only one channel was read there.");
        }
        if (!anySound) {
            warn("It is silent: every sample is zero.");
        }
        if (sampleCount == 0) {
            throw new MalformedAudioException("expected audio, found no samples. Record or convert it again");
        }
        return new AudioSummary(sampleCount, List.copyOf(warnings));
    }

    /** Returns the exception that the output threw, null if none: it says nothing about the recording. */
    @Nullable
    RuntimeException outputFailure() {
        return outputFailure;
    }

    private void pass(float[] samples, int offset, int length) {
        try {
            output.accept(samples, offset, length);
        } catch (RuntimeException e) {
            outputFailure = e;
            throw e;
        }
        sampleCount += length;
    }

    /** Ends a part with one sample rate and number of channels. */
    private void endPart() {
        if (resampler != null) {
            resampler.finish();
            cancelledSeconds += (double) resampler.cancelledFrames() / sampleRate;
        }
    }

    static void checkInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw cancelled(null);
        }
    }

    static OperationCancelledException cancelled(@Nullable Throwable cause) {
        return new OperationCancelledException(
                "Reading audio was interrupted. Start it again if this was unintended.", cause);
    }

    private void invalid(float sample, int index) {
        if (invalidSamples == 0) {
            firstInvalid = String.format(
                    Locale.ROOT,
                    "%s in channel %d at %.3f s",
                    sample,
                    index % channels + 1,
                    secondsSeen + (double) (index / channels) / sampleRate);
        }
        invalidSamples++;
    }

    private void checkMostAreSamples() throws MalformedAudioException {
        if (invalidSamples > samplesSeen / 2) {
            throw new MalformedAudioException("expected samples from -1 to 1, found " + invalidSamples + " of "
                    + samplesSeen + " invalid values, the first being " + firstInvalid
                    + ". The file is damaged or its header states the wrong sample type");
        }
    }
}
