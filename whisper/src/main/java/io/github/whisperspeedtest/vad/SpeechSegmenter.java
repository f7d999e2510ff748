package io.github.whisperspeedtest.vad;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.transcription.VadOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Converts speech probabilities of frames to spans of speech.
 *
 * <p>Follows {@code get_speech_timestamps} in faster-whisper's {@code vad.py}.
 */
public final class SpeechSegmenter {
    /** Samples of a frame: the one length that Silero VAD was trained on at 16 kHz. */
    public static final int FRAME_SAMPLES = 512;

    /** Minimum length of a silence at which a span that is too long is split. */
    private static final Duration MIN_SILENCE_TO_SPLIT = Duration.ofMillis(98);

    private final float speechThreshold;
    private final float silenceThreshold;
    private final long minSilence;
    private final long minSpeech;
    private final long maxSpeech;
    private final long padding;

    /** Creates a segmenter. */
    public SpeechSegmenter(VadOptions options) {
        speechThreshold = (float) options.threshold();
        silenceThreshold = (float) options.silenceThreshold();
        Duration silence = options.minSilence();
        minSilence = samples(silence == null ? VadOptions.MIN_SILENCE : silence);
        minSpeech = samples(options.minSpeech());
        padding = samples(options.padding());
        Duration longest = options.maxSpeech();
        maxSpeech = longest == null ? Long.MAX_VALUE : samples(longest) - FRAME_SAMPLES - 2 * padding;
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
        Detection detection = new Detection();
        for (int frame = 0; frame < probabilities.length; frame++) {
            detection.add((long) frame * FRAME_SAMPLES, probabilities[frame]);
        }
        return detection.end(sampleCount);
    }

    /** One pass over the frames of a recording. */
    private final class Detection {
        private static final long NONE = -1;

        private final List<SpeechSpan> spans = new ArrayList<>();

        /** Start of the current span. */
        private long start = NONE;

        /** Start of the silence at the end of the current span. */
        private long silence = NONE;

        /** Start of the last silence of the current span at which it may be split. */
        private long split = NONE;

        /** Start of the speech after {@link #split}; before it if that silence lasts. */
        private long resumed = NONE;

        void add(long at, float probability) {
            if (probability >= speechThreshold) {
                if (silence != NONE && resumed < split) {
                    resumed = at;
                }
                silence = NONE;
                if (start == NONE) {
                    start = at;
                    return;
                }
            }
            if (start == NONE || isSplit(at)) {
                return;
            }
            if (probability < silenceThreshold) {
                addSilence(at);
            }
        }

        /** Splits the current span if it is too long; returns whether the frame is dealt with. */
        private boolean isSplit(long at) {
            if (at - start <= maxSpeech) {
                return false;
            }
            if (split == NONE) {
                spans.add(new SpeechSpan(start, at));
                startAgain(NONE);
            } else {
                spans.add(new SpeechSpan(start, split));
                startAgain(resumed < split ? NONE : resumed);
            }
            return start == NONE;
        }

        private void addSilence(long at) {
            silence = silence == NONE ? at : silence;
            if (at - silence > samples(MIN_SILENCE_TO_SPLIT)) {
                split = silence;
            }
            if (at - silence >= minSilence) {
                addUnlessShort(silence);
                startAgain(NONE);
            }
        }

        List<SpeechSpan> end(long sampleCount) {
            if (start != NONE) {
                addUnlessShort(sampleCount);
            }
            return spans;
        }

        private void addUnlessShort(long end) {
            if (end - start > minSpeech) {
                spans.add(new SpeechSpan(start, end));
            }
        }

        private void startAgain(long at) {
            start = at;
            silence = NONE;
            split = NONE;
            resumed = NONE;
        }
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
