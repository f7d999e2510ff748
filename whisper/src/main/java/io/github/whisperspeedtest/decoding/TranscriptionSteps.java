package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.alignment.WordAligner;
import io.github.whisperspeedtest.alignment.WordTimestamps;
import io.github.whisperspeedtest.alignment.WordTiming;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.network.WindowFrames;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
        return tokens(options.prompt());
    }

    /** Returns the tokens that the transcript starts with; empty if none are given. */
    List<Integer> givenPrefix() {
        List<Integer> text = tokens(options.prefix());
        if (text.isEmpty()) {
            return List.of();
        }
        List<Integer> prefix = new ArrayList<>(text.subList(0, Math.min(text.size(), maxPrompt)));
        if (options.timestamps() != Timestamps.NONE) {
            prefix.add(0, specials.timestampBegin());
        }
        return prefix;
    }

    private List<Integer> tokens(@Nullable String text) {
        return text == null || text.isBlank()
                ? List.of()
                : Arrays.stream(tokenizer.encode(" " + text.strip())).boxed().toList();
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
     * Runs the encoder on whole windows.
     *
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    EncoderOutput encode(List<float[]> spectrograms) {
        return network.encode(spectrograms);
    }

    /**
     * Runs the encoder on as much of windows as the options say.
     *
     * @param frames frames with audio of the window that has most of them
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    EncoderOutput encode(List<float[]> spectrograms, int frames) {
        AudioContext context = options.audioContext();
        int wanted = context == null ? windowFrames() : WindowFrames.PER_POSITION * context.positions(frames);
        return wanted >= windowFrames()
                ? network.encode(spectrograms)
                : network.encode(spectrograms.stream()
                        .map(spectrogram -> start(spectrogram, wanted))
                        .toList());
    }

    /** Returns the first frames of a spectrogram. */
    private float[] start(float[] spectrogram, int frames) {
        int bins = network.dimensions().nMels();
        float[] start = new float[bins * frames];
        for (int bin = 0; bin < bins; bin++) {
            System.arraycopy(spectrogram, bin * windowFrames(), start, bin * frames, frames);
        }
        return start;
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
     * @param prefix tokens that the text of the windows starts with; becomes part of the result
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    List<DecodedWindow> decode(EncoderOutput windows, String language, List<Integer> previous, List<Integer> prefix) {
        return decode(windows, Collections.nCopies(windows.count(), language), previous, prefix);
    }

    /**
     * Decodes all windows of a batch with prompts that differ only in their language.
     *
     * @param codes the language of each window
     * @param previous tokens of the text before
     * @param prefix tokens that the text of the windows starts with; becomes part of the result
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    List<DecodedWindow> decode(
            EncoderOutput windows, List<String> codes, List<Integer> previous, List<Integer> prefix) {
        List<Integer> context = context(previous, prefix);
        List<Prompt> prompts = codes.stream()
                .map(language -> Prompt.of(
                                specials,
                                language,
                                options.task(),
                                options.timestamps() != Timestamps.NONE,
                                context,
                                maxPrompt)
                        .withPrefix(prefix))
                .toList();
        return decoder.decode(windows, prompts);
    }

    /**
     * Returns the text before the start of a transcript: the hotwords, unless there is a prefix, and as much of the
     * previous text as fits into half of the context together with them or the prefix.
     */
    private List<Integer> context(List<Integer> previous, List<Integer> prefix) {
        List<Integer> hotwords = prefix.isEmpty() ? tokens(options.hotwords()) : List.of();
        List<Integer> context = new ArrayList<>(hotwords.subList(0, Math.min(hotwords.size(), maxPrompt)));
        int room = Math.max(0, maxPrompt - context.size() - prefix.size());
        context.addAll(previous.subList(Math.max(0, previous.size() - room), previous.size()));
        return context;
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
