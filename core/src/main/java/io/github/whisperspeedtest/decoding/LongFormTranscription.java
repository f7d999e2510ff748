package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.alignment.WordAligner;
import io.github.whisperspeedtest.alignment.WordTimestamps;
import io.github.whisperspeedtest.alignment.WordTiming;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.EncodedWindows;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Transcribes a recording of any length, one window of 30 s after the other.
 *
 * <p>Where a window begins depends on what was decoded of the one before, and so does its prompt. Source: {@code transcribe} of
 * openai/whisper's {@code transcribe.py}.
 *
 * <p>For one recording and one thread.
 */
final class LongFormTranscription {
    private static final double FRAMES_PER_SECOND = 100;

    /** A text decoded at a higher temperature is too unreliable to be a prompt. */
    private static final double MAX_PROMPT_TEMPERATURE = 0.5;

    /** Frames by which the end of the last word must move the window on to be believed: a second. */
    private static final long MIN_ADVANCE_BY_WORDS = 100;

    private static final String ENGLISH = "en";

    private final WhisperNetwork network;
    private final Tokenizer tokenizer;
    private final SpecialTokens specials;
    private final TranscribeOptions options;
    private final Spectrogram spectrogram;
    private final LanguageDetector languages;
    private final WindowDecoder decoder;
    private final WordAligner aligner;
    private final int windowFrames;
    private final int maxPrompt;
    private final PreviousText previousText;
    private final float[] mel;

    private long seek;
    private double lastSpeechEnd;

    /** The log-mel spectrogram of a recording, 100 frames a second. */
    interface Spectrogram {
        /** Returns the number of frames that hold audio. */
        long frames();

        /**
         * Computes one window.
         *
         * @param firstFrame its first frame
         * @param target where it goes, as {@link WhisperNetwork#encode} takes it
         */
        void window(long firstFrame, float[] target);
    }

    /**
     * The language of a recording.
     *
     * @param code the code of the language
     * @param probability its probability, null where it was not detected
     */
    record SpokenLanguage(String code, @Nullable Double probability) {}

    /**
     * Prepares a transcription.
     *
     * @param network stays open
     * @param generation what the model says of decoding
     * @param options what is wanted; the language, if given, must be one of the vocabulary
     */
    LongFormTranscription(
            WhisperNetwork network,
            Tokenizer tokenizer,
            GenerationConfig generation,
            TranscribeOptions options,
            Spectrogram spectrogram) {
        this.network = network;
        this.tokenizer = tokenizer;
        this.specials = tokenizer.specials();
        this.options = options;
        this.spectrogram = spectrogram;
        ModelDimensions dimensions = network.dimensions();
        languages = new LanguageDetector(dimensions, specials);
        decoder = new WindowDecoder(dimensions, tokenizer, generation, options);
        aligner = new WordAligner(dimensions, tokenizer, generation);
        windowFrames = 2 * dimensions.nAudioCtx();
        maxPrompt = dimensions.nTextCtx() / 2 - 1;
        previousText = new PreviousText(maxPrompt);
        mel = new float[dimensions.nMels() * windowFrames];
    }

    /**
     * Runs the transcription; to be called once.
     *
     * @param onSegment gets each segment, in order of time
     * @param onProgress gets the part of the recording that is done, after each window
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    SpokenLanguage run(Consumer<Segment> onSegment, DoubleConsumer onProgress) {
        String prompt = options.prompt();
        if (prompt != null && !prompt.isBlank()) {
            List<Integer> tokens = new ArrayList<>();
            for (int token : tokenizer.encode(" " + prompt.strip())) {
                tokens.add(token);
            }
            previousText.append(tokens);
        }
        long frames = spectrogram.frames();
        SpokenLanguage language = givenLanguage();
        // An empty recording has a language too, that of silence.
        while (language == null || seek < frames) {
            spectrogram.window(seek, mel);
            try (EncodedWindows window = network.encode(List.of(mel))) {
                if (language == null) {
                    language = detectLanguage(window);
                }
                if (seek < frames) {
                    transcribe(window, language.code(), Math.min(windowFrames, frames - seek), onSegment);
                    onProgress.accept((double) Math.min(seek, frames) / frames);
                }
            }
        }
        return language;
    }

    private @Nullable SpokenLanguage givenLanguage() {
        if (options.language() instanceof Language.Fixed fixed) {
            return new SpokenLanguage(fixed.code(), null);
        }
        return specials.isMultilingual() ? null : new SpokenLanguage(ENGLISH, null);
    }

    private SpokenLanguage detectLanguage(EncodedWindows window) {
        Map.Entry<String, Double> best =
                languages.detect(window).get(0).entrySet().iterator().next();
        return new SpokenLanguage(best.getKey(), best.getValue());
    }

    /** Decodes the window at {@link #seek}, which has so many frames of audio, and moves on. */
    private void transcribe(EncodedWindows window, String language, long frames, Consumer<Segment> onSegment) {
        Prompt prompt = Prompt.of(
                specials,
                language,
                options.task(),
                options.timestamps() != Timestamps.NONE,
                previousText.tokens(),
                maxPrompt);
        DecodedWindow decoded = decoder.decode(window, List.of(prompt)).get(0);
        if (isSilent(decoded)) {
            seek += frames;
            return;
        }
        SegmentedWindow segmented = SegmentedWindow.of(specials, decoded.tokens(), seek, frames);
        long next = seek + segmented.advance();
        List<DecodedSegment> segments = segmented.segments();
        if (options.timestamps() == Timestamps.WORD) {
            segments = addWords(window, language, segments, frames);
            lastSpeechEnd = lastWordEnd(segments);
            // Words are placed more exactly than timestamps, but where they stick to the beginning the loop would
            // hardly move on.
            long afterWords = (long) Math.rint(lastSpeechEnd * FRAMES_PER_SECOND);
            if (!segmented.endsWithSingleTimestamp() && afterWords >= seek + MIN_ADVANCE_BY_WORDS) {
                next = afterWords;
            }
        }
        for (DecodedSegment segment : segments) {
            String text = TextTokens.decode(tokenizer, segment.tokens());
            if (segment.start() != segment.end() && !text.isBlank()) {
                previousText.append(segment.tokens());
                onSegment.accept(segment(segment, text, decoded));
            }
        }
        if (!options.conditionOnPreviousText() || decoded.temperature() > MAX_PROMPT_TEMPERATURE) {
            previousText.clear();
        }
        seek = next;
    }

    private boolean isSilent(DecodedWindow decoded) {
        Double noSpeech = options.noSpeechThreshold();
        Double logProbability = options.logProbabilityThreshold();
        boolean sure = logProbability != null && decoded.averageLogProbability() > logProbability;
        return noSpeech != null && decoded.noSpeechProbability() > noSpeech && !sure;
    }

    private List<DecodedSegment> addWords(
            EncodedWindows window, String language, List<DecodedSegment> segments, long frames) {
        List<Integer> text = new ArrayList<>();
        List<WordTimestamps.Span> spans = new ArrayList<>();
        for (DecodedSegment segment : segments) {
            List<Integer> part = TextTokens.of(tokenizer, segment.tokens());
            text.addAll(part);
            spans.add(new WordTimestamps.Span(segment.start(), segment.end(), part.size()));
        }
        int[] start = Prompt.startOfTranscript(specials, language, options.task());
        List<WordTiming> words = aligner.align(window, 0, start, language, text, (int) frames);
        List<WordTimestamps.TimedSpan> timed =
                WordTimestamps.place(spans, words, seek / FRAMES_PER_SECOND, lastSpeechEnd);
        List<DecodedSegment> result = new ArrayList<>();
        for (int i = 0; i < timed.size(); i++) {
            WordTimestamps.TimedSpan span = timed.get(i);
            result.add(
                    new DecodedSegment(span.start(), span.end(), segments.get(i).tokens(), span.words()));
        }
        return result;
    }

    /** Returns when the last word ends, or the last segment where there are no words. */
    private static double lastWordEnd(List<DecodedSegment> segments) {
        for (int i = segments.size() - 1; i >= 0; i--) {
            List<WordTiming> words = segments.get(i).words();
            if (!words.isEmpty()) {
                return words.get(words.size() - 1).end();
            }
        }
        return segments.get(segments.size() - 1).end();
    }

    private static Segment segment(DecodedSegment segment, String text, DecodedWindow window) {
        List<Word> words = segment.words().stream()
                .map(word -> new Word(duration(word.start()), duration(word.end()), word.text(), word.probability()))
                .toList();
        return new Segment(
                duration(segment.start()),
                duration(segment.end()),
                text,
                segment.tokens(),
                window.averageLogProbability(),
                window.noSpeechProbability(),
                words);
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
