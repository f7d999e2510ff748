package io.github.whisperspeedtest.vad;

import io.github.whisperspeedtest.audio.Audio;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Converts speech probabilities of frames to spans of speech.
 *
 * <p>Follows {@code get_speech_timestamps} in faster-whisper, without limits on the length of a span.
 */
public final class SpeechSegmenter {
    /** Samples of a frame: the one length that Silero VAD was trained on at 16 kHz. */
    public static final int FRAME_SAMPLES = 512;

    private final float speechThreshold;
    private final float silenceThreshold;
    private final long minSilence;
    private final long padding;

    /** Creates a segmenter. */
    public SpeechSegmenter(VadOptions options) {
        speechThreshold = options.threshold();
        silenceThreshold = options.silenceThreshold();
        minSilence = samples(options.minSilence());
        padding = samples(options.padding());
    }

    /**
     * Returns the stretches of speech in a recording.
     *
     * @param probabilities one for each frame of {@link #FRAME_SAMPLES} samples, from 0 to 1
     * @param sampleCount length of the recording; its last frame may be cut short
     * @return spans inside the recording, rising and not overlapping; where the silence between two is shorter than both their
     *     paddings, they touch
     * @throws IllegalArgumentException if there is not one probability for each frame
     */
    public List<SpeechSpan> segment(float[] probabilities, long sampleCount) {
        if (probabilities.length != frameCount(sampleCount)) {
            throw new IllegalArgumentException(sampleCount + " samples have " + frameCount(sampleCount)
                    + " frames, but there are " + probabilities.length + " probabilities");
        }
        return pad(detect(probabilities, sampleCount), sampleCount);
    }

    /** Returns the number of frames that so many samples have. */
    public static long frameCount(long sampleCount) {
        return (sampleCount + FRAME_SAMPLES - 1) / FRAME_SAMPLES;
    }

    private List<SpeechSpan> detect(float[] probabilities, long sampleCount) {
        List<SpeechSpan> speech = new ArrayList<>();
        long start = -1;
        long silence = -1;
        for (int frame = 0; frame < probabilities.length; frame++) {
            long at = (long) frame * FRAME_SAMPLES;
            if (probabilities[frame] >= speechThreshold) {
                start = start < 0 ? at : start;
                silence = -1;
            } else if (probabilities[frame] < silenceThreshold && start >= 0) {
                silence = silence < 0 ? at : silence;
                if (at - silence >= minSilence) {
                    speech.add(new SpeechSpan(start, silence));
                    start = -1;
                    silence = -1;
                }
            }
        }
        if (start >= 0) {
            speech.add(new SpeechSpan(start, sampleCount));
        }
        return speech;
    }

    /** Pads each stretch; two that are nearer to each other than both paddings share what is between them. */
    private List<SpeechSpan> pad(List<SpeechSpan> speech, long sampleCount) {
        List<SpeechSpan> padded = new ArrayList<>(speech.size());
        for (int i = 0; i < speech.size(); i++) {
            SpeechSpan span = speech.get(i);
            long before = i == 0 ? padding : paddingBetween(speech.get(i - 1), span);
            long after = i == speech.size() - 1 ? padding : paddingBetween(span, speech.get(i + 1));
            padded.add(new SpeechSpan(Math.max(0, span.start() - before), Math.min(sampleCount, span.end() + after)));
        }
        return padded;
    }

    private long paddingBetween(SpeechSpan left, SpeechSpan right) {
        return Math.min(padding, (right.start() - left.end()) / 2);
    }

    private static long samples(Duration duration) {
        return Math.multiplyExact(duration.toMillis(), Audio.SAMPLE_RATE) / 1000;
    }
}
