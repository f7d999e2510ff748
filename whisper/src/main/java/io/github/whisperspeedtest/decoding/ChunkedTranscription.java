package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.alignment.WordTiming;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.tokenizer.TokenWord;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Transcribes a recording of any length in chunks, decoded in batches.
 *
 * <p>Chunks are independent; the texts of overlapping ones are joined at the tokens that both decoded from the overlap. Only
 * one batch is in memory at a time. Source: the chunked pipeline of huggingface/transformers,
 * {@code automatic_speech_recognition.py}; for separate chunks {@code BatchedInferencePipeline} in faster-whisper's
 * {@code transcribe.py}.
 *
 * <p>For one recording and one thread.
 */
final class ChunkedTranscription implements TranscriptionLoop {
    private final TranscriptionSteps steps;
    private final TranscribeOptions options;
    private final Spectrogram spectrogram;
    private final Chunks chunks;
    private final int batchSize;
    private final BatchLimit limit;
    private final List<float[]> spectrograms = new ArrayList<>();

    /** Number of chunks, from the first, whose language was detected. */
    private int askedForLanguage;

    private @Nullable SpokenLanguage languageOfFirst;

    /**
     * Prepares a transcription of overlapping chunks.
     *
     * @param chunked how long chunks are, and how many are decoded at once
     * @param limit how many chunks fit into memory; gets lowered where they do not
     */
    ChunkedTranscription(TranscriptionSteps steps, Spectrogram spectrogram, ChunkedOptions chunked, BatchLimit limit) {
        this(
                steps,
                spectrogram,
                Chunks.overlapping(
                        FrameRange.clips(steps.options(), spectrogram.frames()),
                        Math.min(frames(chunked), steps.windowFrames())),
                chunked.batchSize(),
                limit);
    }

    /**
     * Prepares a transcription.
     *
     * @param batchSize how many chunks are decoded at once
     * @param limit how many chunks fit into memory; gets lowered where they do not
     */
    ChunkedTranscription(
            TranscriptionSteps steps, Spectrogram spectrogram, Chunks chunks, int batchSize, BatchLimit limit) {
        this.steps = steps;
        this.options = steps.options();
        this.spectrogram = spectrogram;
        this.chunks = chunks;
        this.batchSize = batchSize;
        this.limit = limit;
    }

    private static int frames(ChunkedOptions chunked) {
        return (int) (chunked.chunkLength().toMillis() / 10);
    }

    @Override
    public SpokenLanguage run(Consumer<Segment> onSegment, DoubleConsumer onProgress) {
        ChunkMerger merger = new ChunkMerger(
                options.timestamps() != Timestamps.NONE, segment -> onSegment.accept(asSegment(segment)));
        SpokenLanguage language = steps.givenLanguage();
        int done = 0;
        // An empty recording has a language too: that of silence.
        while (language == null || done < chunks.count()) {
            int first = language == null ? askedForLanguage : done;
            int size = Math.max(1, Math.min(Math.min(batchSize, limit.largest()), chunks.count() - first));
            List<List<ChunkSegment>> texts = List.of();
            try (EncoderOutput windows = encode(first, size)) {
                if (language == null) {
                    language = findLanguage(windows);
                }
                // Chunks after the first batch may have been encoded only to detect their language.
                if (language != null && first == done && done < chunks.count()) {
                    onProgress.accept(
                            chunks.progress(done) + (chunks.progress(done + size) - chunks.progress(done)) / 2);
                    texts = decode(windows, done, Collections.nCopies(size, language.code()));
                }
            } catch (EngineOutOfMemoryException | OutOfMemoryError e) {
                if (size == 1) {
                    throw e;
                }
                limit.ranOutWith(size, e);
                forgetSpectrograms();
                continue;
            }
            for (List<ChunkSegment> text : texts) {
                Chunk chunk = chunks.get(done++);
                if (chunks.areOverlapping()) {
                    merger.add(chunk, text);
                } else {
                    text.forEach(segment -> onSegment.accept(asSegment(segment)));
                }
            }
            onProgress.accept(chunks.progress(done));
        }
        return language;
    }

    /** Frees memory after it ran out. */
    void forgetSpectrograms() {
        spectrograms.clear();
    }

    /** Encodes some chunks; without any chunks, silence. */
    EncoderOutput encode(int first, int size) {
        while (spectrograms.size() < size) {
            spectrograms.add(steps.newSpectrogram());
        }
        int frames = 0;
        for (int i = 0; i < size; i++) {
            if (chunks.count() == 0) {
                spectrogram.window(0, 0, spectrograms.get(i));
            } else {
                Chunk chunk = chunks.get(first + i);
                spectrogram.window(chunk.firstFrame(), chunk.frames(), spectrograms.get(i));
                frames = Math.max(frames, chunk.frames());
            }
        }
        return steps.encode(spectrograms.subList(0, size), frames);
    }

    /**
     * Returns the language of the first chunk with speech in a batch, or null if no chunk has speech and more chunks
     * follow. Without any speech, it is the language of the first chunk.
     */
    private @Nullable SpokenLanguage findLanguage(EncoderOutput windows) {
        List<LanguageDetector.Detected> detected = steps.detectLanguages(windows);
        if (languageOfFirst == null) {
            languageOfFirst = detected.get(0).best();
        }
        Double noSpeech = options.noSpeechThreshold();
        for (LanguageDetector.Detected window : detected) {
            if (noSpeech == null || window.noSpeechProbability() <= noSpeech) {
                return window.best();
            }
        }
        askedForLanguage += detected.size();
        return askedForLanguage >= chunks.count() ? languageOfFirst : null;
    }

    /**
     * Returns the text of each chunk of a batch, empty for silent chunks.
     *
     * @param languages the language of each chunk
     */
    List<List<ChunkSegment>> decode(EncoderOutput windows, int first, List<String> languages) {
        List<DecodedWindow> decoded = steps.decode(windows, languages, steps.givenPrompt(), List.of());
        List<List<ChunkSegment>> texts = new ArrayList<>();
        for (int i = 0; i < decoded.size(); i++) {
            DecodedWindow window = decoded.get(i);
            texts.add(
                    window.isSilent(options)
                            ? List.of()
                            : text(windows, i, chunks.get(first + i), languages.get(i), window));
        }
        return texts;
    }

    private List<ChunkSegment> text(
            EncoderOutput windows, int index, Chunk chunk, String language, DecodedWindow decoded) {
        Tokenizer tokenizer = steps.tokenizer();
        List<DecodedSegment> segments =
                SegmentedWindow.all(tokenizer.specials(), decoded.tokens(), chunk.firstFrame(), chunk.frames());
        List<DecodedSegment> placed = options.timestamps() == Timestamps.WORD
                ? steps.addWords(windows, index, language, segments, chunk.start(), chunk.frames(), chunk.start())
                : segments;
        List<ChunkSegment> text = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            DecodedSegment segment = segments.get(i);
            List<ChunkWord> words = words(segment, placed.get(i).words(), language);
            boolean blank = words.stream().allMatch(word -> word.timing().text().isBlank());
            if (segment.start() < segment.end() && !blank) {
                text.add(new ChunkSegment(placed.get(i).start(), placed.get(i).end(), words, decoded));
            }
        }
        return text;
    }

    /**
     * Returns the words of a segment.
     *
     * @param aligned its words with their times; empty where they are not known
     */
    private List<ChunkWord> words(DecodedSegment segment, List<WordTiming> aligned, String language) {
        Tokenizer tokenizer = steps.tokenizer();
        List<TokenWord> words = aligned.isEmpty()
                ? tokenizer.words(TextTokens.of(tokenizer, segment.tokens()), language)
                : aligned.stream()
                        .map(word -> new TokenWord(word.text(), word.tokens()))
                        .toList();
        int letters = words.stream().mapToInt(word -> word.text().length()).sum();
        double secondsPerLetter = letters == 0 ? 0 : (segment.end() - segment.start()) / letters;
        List<ChunkWord> spread = new ArrayList<>();
        int before = 0;
        for (int i = 0; i < words.size(); i++) {
            TokenWord word = words.get(i);
            double start = segment.start() + before * secondsPerLetter;
            before += word.text().length();
            double end = segment.start() + before * secondsPerLetter;
            WordTiming timing =
                    aligned.isEmpty() ? new WordTiming(word.text(), word.tokens(), start, end, 0) : aligned.get(i);
            spread.add(new ChunkWord(timing, start, end));
        }
        return spread;
    }

    Segment asSegment(ChunkSegment segment) {
        List<WordTiming> words = options.timestamps() == Timestamps.WORD
                ? segment.words().stream().map(ChunkWord::timing).toList()
                : List.of();
        return steps.segment(
                new DecodedSegment(segment.start(), segment.end(), segment.tokens(), words), segment.window());
    }
}
