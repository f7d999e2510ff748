package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.alignment.WordTiming;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Transcribes a recording of any length sequentially, in windows of 30 s.
 *
 * <p>The start of a window and its prompt depend on the text of the previous window. Source: {@code transcribe} of
 * openai/whisper's {@code transcribe.py}.
 *
 * <p>For one recording and one thread.
 */
final class LongFormTranscription implements TranscriptionLoop {
    private static final double FRAMES_PER_SECOND = 100;

    /** Text decoded at a higher temperature is too unreliable to be a prompt. */
    private static final double MAX_PROMPT_TEMPERATURE = 0.5;

    /** Minimum advance, in frames, by the end of the last word: one second. */
    private static final long MIN_ADVANCE_BY_WORDS = 100;

    private final TranscriptionSteps steps;
    private final TranscribeOptions options;
    private final Spectrogram spectrogram;
    private final int windowFrames;
    private final PreviousText previousText;
    private final @Nullable HallucinationFilter hallucinations;
    private final float[] mel;

    /** Tokens that the text of the next window starts with. */
    private List<Integer> prefix;

    private long seek;
    private double lastSpeechEnd;

    LongFormTranscription(TranscriptionSteps steps, Spectrogram spectrogram) {
        this.steps = steps;
        this.options = steps.options();
        this.spectrogram = spectrogram;
        windowFrames = steps.windowFrames();
        previousText = new PreviousText(steps.maxPrompt());
        hallucinations = HallucinationFilter.of(options);
        mel = steps.newSpectrogram();
        prefix = steps.givenPrefix();
    }

    @Override
    public SpokenLanguage run(Consumer<Segment> onSegment, DoubleConsumer onProgress) {
        previousText.append(steps.givenPrompt());
        List<FrameRange> clips = FrameRange.clips(options, spectrogram.frames());
        double total = FrameRange.total(clips);
        long done = 0;
        SpokenLanguage language = steps.givenLanguage();
        for (FrameRange clip : clips) {
            seek = clip.start();
            while (seek < clip.end()) {
                int frames = (int) Math.min(windowFrames, clip.end() - seek);
                readWindow(clip, frames);
                try (EncoderOutput window = steps.encode(List.of(mel), frames)) {
                    if (language == null) {
                        language = steps.detectLanguages(window).get(0).best();
                    }
                    transcribe(window, language.code(), frames, onSegment);
                }
                onProgress.accept((done + Math.min(seek, clip.end()) - clip.start()) / total);
            }
            done += clip.length();
        }
        return language == null ? languageOfSilence() : language;
    }

    /** Computes the window at {@link #seek}, which ends with its clip. */
    private void readWindow(FrameRange clip, int frames) {
        if (clip.end() == spectrogram.frames() || frames == windowFrames) {
            spectrogram.window(seek, mel);
        } else {
            spectrogram.window(seek, frames, mel);
        }
    }

    /** An empty recording has a language too. */
    private SpokenLanguage languageOfSilence() {
        spectrogram.window(0, mel);
        try (EncoderOutput window = steps.encode(List.of(mel))) {
            return steps.detectLanguages(window).get(0).best();
        }
    }

    /** Decodes the window at {@link #seek} with the given number of audio frames, and advances. */
    private void transcribe(EncoderOutput window, String language, int frames, Consumer<Segment> onSegment) {
        DecodedWindow decoded =
                steps.decode(window, language, previousText.tokens(), prefix).get(0);
        prefix = List.of();
        if (decoded.isSilent(options)) {
            seek += frames;
            return;
        }
        SegmentedWindow segmented = SegmentedWindow.of(steps.tokenizer().specials(), decoded.tokens(), seek, frames);
        long next = seek + segmented.advance();
        List<DecodedSegment> segments = segmented.segments();
        if (options.timestamps() == Timestamps.WORD) {
            double start = seek / FRAMES_PER_SECOND;
            segments = steps.addWords(window, 0, language, segments, start, frames, lastSpeechEnd);
            double wordEnd = lastWordEnd(segments);
            // Word times are more precise than timestamps, but if they stick to the start of the window the loop would
            // hardly advance.
            long afterWords = frame(wordEnd);
            if (!segmented.endsWithSingleTimestamp() && afterWords >= seek + MIN_ADVANCE_BY_WORDS) {
                next = afterWords;
            }
            if (hallucinations != null) {
                double windowEnd = (seek + windowFrames) / FRAMES_PER_SECOND;
                if (!segmented.endsWithSingleTimestamp()
                        && wordEnd > start
                        && !hallucinations.isSilence(windowEnd - wordEnd)) {
                    next = seek + frames;
                }
                double silence = hallucinations.leadingSilence(segments, start);
                if (silence > 0) {
                    seek += frame(silence);
                    return;
                }
                int first = hallucinations.find(
                        segments, start, (seek + frames) / FRAMES_PER_SECOND, windowEnd, lastSpeechEnd);
                if (first >= 0) {
                    double recordingEnd = spectrogram.frames() / FRAMES_PER_SECOND;
                    next = frame(hallucinations.continuation(segments.get(first), start, recordingEnd));
                    segments = segments.subList(0, first);
                }
            }
            if (!segments.isEmpty()) {
                lastSpeechEnd = lastWordEnd(segments);
            }
        }
        for (DecodedSegment segment : segments) {
            Segment result = steps.segment(segment, decoded);
            if (segment.start() != segment.end() && !result.text().isBlank()) {
                previousText.append(segment.tokens());
                onSegment.accept(result);
            }
        }
        boolean independent = Boolean.FALSE.equals(options.conditionOnPreviousText());
        if (independent || decoded.temperature() > MAX_PROMPT_TEMPERATURE) {
            previousText.clear();
        }
        seek = next;
    }

    private static long frame(double seconds) {
        return (long) Math.rint(seconds * FRAMES_PER_SECOND);
    }

    /** Returns the end of the last word, or of the last segment if there are no words. */
    private static double lastWordEnd(List<DecodedSegment> segments) {
        for (int i = segments.size() - 1; i >= 0; i--) {
            List<WordTiming> words = segments.get(i).words();
            if (!words.isEmpty()) {
                return words.get(words.size() - 1).end();
            }
        }
        return segments.get(segments.size() - 1).end();
    }
}
