package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.alignment.WordTiming;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

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
    private final float[] mel;

    private long seek;
    private double lastSpeechEnd;

    LongFormTranscription(TranscriptionSteps steps, Spectrogram spectrogram) {
        this.steps = steps;
        this.options = steps.options();
        this.spectrogram = spectrogram;
        windowFrames = steps.windowFrames();
        previousText = new PreviousText(steps.maxPrompt());
        mel = steps.newSpectrogram();
    }

    @Override
    public SpokenLanguage run(Consumer<Segment> onSegment, DoubleConsumer onProgress) {
        previousText.append(steps.givenPrompt());
        long frames = spectrogram.frames();
        SpokenLanguage language = steps.givenLanguage();
        // An empty recording has a language too, that of silence.
        while (language == null || seek < frames) {
            spectrogram.window(seek, mel);
            try (EncoderOutput window = steps.encode(List.of(mel))) {
                if (language == null) {
                    language = steps.detectLanguages(window).get(0).best();
                }
                if (seek < frames) {
                    transcribe(window, language.code(), (int) Math.min(windowFrames, frames - seek), onSegment);
                    onProgress.accept((double) Math.min(seek, frames) / frames);
                }
            }
        }
        return language;
    }

    /** Decodes the window at {@link #seek} with the given number of audio frames, and advances. */
    private void transcribe(EncoderOutput window, String language, int frames, Consumer<Segment> onSegment) {
        DecodedWindow decoded =
                steps.decode(window, language, previousText.tokens()).get(0);
        if (decoded.isSilent(options)) {
            seek += frames;
            return;
        }
        SegmentedWindow segmented = SegmentedWindow.of(steps.tokenizer().specials(), decoded.tokens(), seek, frames);
        long next = seek + segmented.advance();
        List<DecodedSegment> segments = segmented.segments();
        if (options.timestamps() == Timestamps.WORD) {
            segments = steps.addWords(window, 0, language, segments, seek / FRAMES_PER_SECOND, frames, lastSpeechEnd);
            lastSpeechEnd = lastWordEnd(segments);
            // Word times are more precise than timestamps, but if they stick to the start of the window the loop would
            // hardly advance.
            long afterWords = (long) Math.rint(lastSpeechEnd * FRAMES_PER_SECOND);
            if (!segmented.endsWithSingleTimestamp() && afterWords >= seek + MIN_ADVANCE_BY_WORDS) {
                next = afterWords;
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
