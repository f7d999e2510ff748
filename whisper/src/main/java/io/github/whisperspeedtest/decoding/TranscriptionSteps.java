package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.alignment.WordAligner;
import io.github.whisperspeedtest.alignment.WordTimestamps;
import io.github.whisperspeedtest.alignment.WordTiming;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.EncoderOutput;
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
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations on windows, independent of how a recording is split into them, for one model and one set of options.
 *
 * <p>Not thread-safe.
 */
final class TranscriptionSteps {
    private static final String ENGLISH = "en";

    private final WhisperNetwork network;
    private final Tokenizer tokenizer;
    private final SpecialTokens specials;
    private final TranscribeOptions options;
    private final LanguageDetector languages;
    private final WindowDecoder decoder;
    private final WordAligner aligner;
    private final int maxPrompt;

    /**
     * Prepares the steps.
     *
     * @param network stays open
     * @param generation decoding settings of the model
     * @param options the options; a fixed language must be in the vocabulary
     */
    TranscriptionSteps(
            WhisperNetwork network, Tokenizer tokenizer, GenerationConfig generation, TranscribeOptions options) {
        this.network = network;
        this.tokenizer = tokenizer;
        this.specials = tokenizer.specials();
        this.options = options;
        ModelDimensions dimensions = network.dimensions();
        languages = new LanguageDetector(dimensions, specials);
        decoder = new WindowDecoder(dimensions, tokenizer, generation, options);
        aligner = new WordAligner(dimensions, tokenizer, generation);
        maxPrompt = dimensions.nTextCtx() / 2 - 1;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    TranscribeOptions options() {
        return options;
    }

    /** Returns the number of frames of a window. */
    int windowFrames() {
        return 2 * network.dimensions().nAudioCtx();
    }

    /** Returns an array for the spectrogram of one window. */
    float[] newSpectrogram() {
        return new float[network.dimensions().nMels() * windowFrames()];
    }

    /** Returns the maximum number of tokens of previous text in a prompt. */
    int maxPrompt() {
        return maxPrompt;
    }

    /** Returns the tokens of the given prompt; empty if there is none. */
    List<Integer> givenPrompt() {
        String prompt = options.prompt();
        return prompt == null || prompt.isBlank()
                ? List.of()
                : Arrays.stream(tokenizer.encode(" " + prompt.strip())).boxed().toList();
    }

    /** Returns the fixed language, or null if it has to be detected. */
    @Nullable
    SpokenLanguage givenLanguage() {
        if (options.language() instanceof Language.Fixed fixed) {
            return new SpokenLanguage(fixed.code(), null);
        }
        return specials.isMultilingual() ? null : new SpokenLanguage(ENGLISH, null);
    }

    /**
     * Runs the encoder.
     *
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    EncoderOutput encode(List<float[]> spectrograms) {
        return network.encode(spectrograms);
    }

    /**
     * Returns the language of each window of a multilingual model.
     *
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    List<LanguageDetector.Detected> detectLanguages(EncoderOutput windows) {
        return languages.detect(windows);
    }

    /**
     * Decodes all windows of a batch with one prompt.
     *
     * @param previous tokens of the text before
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    List<DecodedWindow> decode(EncoderOutput windows, String language, List<Integer> previous) {
        Prompt prompt = Prompt.of(
                specials, language, options.task(), options.timestamps() != Timestamps.NONE, previous, maxPrompt);
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < windows.count(); i++) {
            prompts.add(prompt);
        }
        return decoder.decode(windows, prompts);
    }

    /**
     * Adds word timestamps to the segments of a window.
     *
     * @param window index of the window
     * @param offset where the window begins in the recording, in seconds
     * @param frames frames of the window that hold audio
     * @param lastSpeechEnd when the speech before the window ended, in seconds of the recording
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    List<DecodedSegment> addWords(
            EncoderOutput windows,
            int window,
            String language,
            List<DecodedSegment> segments,
            double offset,
            int frames,
            double lastSpeechEnd) {
        List<Integer> text = new ArrayList<>();
        List<WordTimestamps.Span> spans = new ArrayList<>();
        for (DecodedSegment segment : segments) {
            List<Integer> part = TextTokens.of(tokenizer, segment.tokens());
            text.addAll(part);
            spans.add(new WordTimestamps.Span(segment.start(), segment.end(), part.size()));
        }
        int[] start = Prompt.startOfTranscript(specials, language, options.task());
        List<WordTiming> words = aligner.align(windows, window, start, language, text, frames);
        List<WordTimestamps.TimedSpan> timed = WordTimestamps.place(spans, words, offset, lastSpeechEnd);
        List<DecodedSegment> result = new ArrayList<>();
        for (int i = 0; i < timed.size(); i++) {
            WordTimestamps.TimedSpan span = timed.get(i);
            result.add(
                    new DecodedSegment(span.start(), span.end(), segments.get(i).tokens(), span.words()));
        }
        return result;
    }

    /** Converts a segment to the form returned to callers. */
    Segment segment(DecodedSegment segment, DecodedWindow window) {
        List<Word> words = segment.words().stream()
                .map(word -> new Word(duration(word.start()), duration(word.end()), word.text(), word.probability()))
                .toList();
        return new Segment(
                duration(segment.start()),
                duration(segment.end()),
                TextTokens.decode(tokenizer, segment.tokens()),
                segment.tokens(),
                window.averageLogProbability(),
                window.noSpeechProbability(),
                words);
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
