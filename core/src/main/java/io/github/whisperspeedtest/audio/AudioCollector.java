package io.github.whisperspeedtest.audio;

import io.github.whisperspeedtest.error.TranscriptionCancelledException;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns decoded sound into {@link Audio} block by block: the mean of the channels, at 16 kHz.
 *
 * <p>Nothing but the 16 kHz samples is kept. Between blocks it looks whether the thread was interrupted.
 */
final class AudioCollector implements PcmSink {
    private static final int LOWEST_RATE = 4_000;
    private static final int HIGHEST_RATE = 384_000;
    private static final int MOST_CHANNELS = 8;

    /**
     * Samples beyond full scale are sound (recordings in floating point have headroom), but beyond 120 dB over it they are
     * other data taken for samples.
     */
    private static final float LARGEST_SAMPLE = 1e6f;

    private final Audio.Builder builder;
    private @Nullable Resampler resampler;
    private int sampleRate;
    private int channels;
    private long framesSeen;
    private float[] mono = new float[0];

    AudioCollector(String name) {
        builder = Audio.builder(name);
    }

    @Override
    public void begin(int sampleRate, int channels) throws IOException {
        if (resampler != null) {
            if (sampleRate != this.sampleRate || channels != this.channels) {
                throw new MalformedAudioException(String.format(
                        Locale.ROOT,
                        "expected one kind of sound, found %d Hz with %d channel(s) up to %.3f s and %d Hz with %d channel(s) after."
                                + " Split the file there, or convert it to WAV",
                        this.sampleRate,
                        this.channels,
                        (double) framesSeen / this.sampleRate,
                        sampleRate,
                        channels));
            }
            return;
        }
        if (sampleRate < LOWEST_RATE || sampleRate > HIGHEST_RATE) {
            throw new MalformedAudioException("expected a sample rate from " + LOWEST_RATE + " to " + HIGHEST_RATE
                    + " Hz, found " + sampleRate + " Hz in its header. The header may be damaged");
        }
        if (channels < 1 || channels > MOST_CHANNELS) {
            throw new MalformedAudioException("expected 1 to " + MOST_CHANNELS + " channels, found " + channels
                    + " in its header. The header may be damaged; otherwise mix the channels down first");
        }
        this.sampleRate = sampleRate;
        this.channels = channels;
        resampler = new Resampler(sampleRate, builder::append);
    }

    @Override
    public void write(float[] interleaved, int frames) throws IOException {
        if (resampler == null) {
            throw new IllegalStateException("write before begin");
        }
        checkInterrupted();
        if (mono.length < frames) {
            mono = new float[frames];
        }
        float scale = 1f / channels;
        int at = 0;
        for (int frame = 0; frame < frames; frame++) {
            float sum = 0;
            for (int channel = 0; channel < channels; channel++) {
                float sample = interleaved[at++];
                // Also true of NaN, which no comparison holds for.
                if (!(Math.abs(sample) <= LARGEST_SAMPLE)) {
                    throw notASample(sample, framesSeen + frame, channel);
                }
                sum += sample;
            }
            mono[frame] = sum * scale;
        }
        resampler.write(mono, 0, frames);
        framesSeen += frames;
    }

    /** Returns the audio; nothing may be written after. */
    Audio finish() throws IOException {
        if (resampler != null) {
            resampler.finish();
        }
        Audio audio = builder.build();
        if (audio.sampleCount() == 0) {
            throw new MalformedAudioException(
                    "expected sound, found none: it holds no samples. Record or convert it again");
        }
        return audio;
    }

    static void checkInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw cancelled(null);
        }
    }

    static TranscriptionCancelledException cancelled(@Nullable Throwable cause) {
        return new TranscriptionCancelledException(
                "Reading audio was interrupted. Start it again if this was not meant.", cause);
    }

    private MalformedAudioException notASample(float sample, long frame, int channel) {
        return new MalformedAudioException(String.format(
                Locale.ROOT,
                "expected samples from -1 to 1, found %s as sample %d (%.3f s) of channel %d."
                        + " The file is damaged or its header names the wrong sample type",
                sample,
                frame,
                (double) frame / sampleRate,
                channel + 1));
    }
}
