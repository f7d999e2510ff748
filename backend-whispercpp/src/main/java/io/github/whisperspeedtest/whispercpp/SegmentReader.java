package io.github.whisperspeedtest.whispercpp;

import com.sun.jna.Pointer;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.tokenizer.Utf8Assembler;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.whispercpp.bindings.LoadedLibrary;
import io.github.whisperspeedtest.whispercpp.bindings.TokenData;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperLibrary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads the segments of a {@code whisper_context} as they appear, with times relative to the whole audio. */
final class SegmentReader {
    private static final long NANOS_PER_TICK = 10_000_000L;

    /** As whisper.cpp's own program marks it. */
    private static final String SPEAKER_TURN = " [SPEAKER_TURN]";

    private final LoadedLibrary loaded;
    private final WhisperLibrary library;
    private final Pointer context;
    private final Path modelFile;
    private final WordTimes wordTimes;
    private final boolean withTurns;
    private final int endOfText;

    private final Utf8Assembler utf8 = new Utf8Assembler();
    private Duration lastEnd = Duration.ZERO;
    private Duration limit = Duration.ZERO;

    private long sliceBegin;
    private long keepBefore;
    private int next;
    private boolean cut;

    /**
     * Creates a reader.
     *
     * @param wordTimes the source of the times of words
     * @param withTurns whether changes of the speaker are marked in the text
     */
    SegmentReader(LoadedLibrary loaded, Pointer context, Path modelFile, WordTimes wordTimes, boolean withTurns) {
        this.loaded = loaded;
        this.library = loaded.functions();
        this.context = context;
        this.modelFile = modelFile;
        this.wordTimes = wordTimes;
        this.withTurns = withTurns;
        this.endOfText = library.whisper_token_eot(context);
    }

    /**
     * Starts another slice.
     *
     * @param begin index of its first sample in the audio
     * @param keepBefore segments that start at or after this sample are left for the next slice
     * @param limit end of the part of the audio that the slice is from; later times are padding
     */
    void startSlice(long begin, long keepBefore, Duration limit) {
        this.limit = limit;
        this.sliceBegin = begin;
        this.keepBefore = keepBefore;
        next = 0;
        cut = false;
    }

    /** Returns the segments that have not been read yet. */
    List<Segment> readNew() {
        List<Segment> segments = new ArrayList<>();
        int count = library.whisper_full_n_segments(context);
        for (; next < count && !cut; next++) {
            Duration start = time(library.whisper_full_get_segment_t0(context, next));
            if (sample(start) >= keepBefore) {
                cut = true;
                break;
            }
            Segment segment = read(next, start);
            lastEnd = segment.end();
            if (!segment.text().isBlank()) {
                segments.add(segment);
            }
        }
        return segments;
    }

    /** Returns the index of the sample at the end of the last kept segment. */
    long endOfKept() {
        return sample(lastEnd);
    }

    /** Returns a segment for trailing bytes that do not form a character, if any. */
    List<Segment> finish() {
        String rest = utf8.flush();
        return rest.isEmpty()
                ? List.of()
                : List.of(new Segment(lastEnd, lastEnd, rest, List.of(), null, null, List.of()));
    }

    private Segment read(int index, Duration rawStart) {
        Duration start = later(rawStart, lastEnd);
        Duration end = later(time(library.whisper_full_get_segment_t1(context, index)), start);
        String text = utf8.append(bytes(library.whisper_full_get_segment_text(context, index)));
        if (withTurns && library.whisper_full_get_segment_speaker_turn_next(context, index) != 0) {
            text += SPEAKER_TURN;
        }

        int tokenCount = library.whisper_full_n_tokens(context, index);
        List<Integer> tokens = new ArrayList<>(tokenCount);
        double logProbability = 0;
        for (int i = 0; i < tokenCount; i++) {
            float probability = library.whisper_full_get_token_p(context, index, i);
            if (Float.isNaN(probability)) {
                throw new ModelException("The weights in " + modelFile + " are damaged: the network computes NaN.  "
                        + "Download the model again.");
            }
            tokens.add(library.whisper_full_get_token_id(context, index, i));
            logProbability += Math.log(probability);
        }
        List<Word> words = wordTimes == WordTimes.NONE ? List.of() : words(textTokens(index, tokenCount), start, end);
        return new Segment(start, end, text, tokens, tokenCount == 0 ? null : logProbability / tokenCount, null, words);
    }

    /** Returns the data of each text token. A structure by value costs more than all other calls together. */
    private List<TokenData> textTokens(int index, int tokenCount) {
        List<TokenData> tokens = new ArrayList<>(tokenCount);
        for (int i = 0; i < tokenCount; i++) {
            TokenData token = library.whisper_full_get_token_data(context, index, i);
            if (token.id < endOfText) {
                if (wordTimes == WordTimes.TOKENS_OF_SPEECH) {
                    token.t0 = loaded.tokenTime("t0", context, index, i);
                    token.t1 = loaded.tokenTime("t1", context, index, i);
                }
                tokens.add(token);
            }
        }
        if (wordTimes == WordTimes.DTW) {
            for (int i = 0; i < tokens.size(); i++) {
                TokenData token = tokens.get(i);
                token.t0 = token.t_dtw;
                token.t1 = i + 1 < tokens.size()
                        ? tokens.get(i + 1).t_dtw
                        : library.whisper_full_get_segment_t1(context, index);
            }
        }
        return tokens;
    }

    /** Joins tokens to words. A word starts at a token that starts with a space. */
    private List<Word> words(List<TokenData> tokens, Duration start, Duration end) {
        List<Word> words = new ArrayList<>();
        Utf8Assembler joiner = new Utf8Assembler();
        StringBuilder text = new StringBuilder();
        Duration wordStart = start;
        Duration wordEnd = start;
        double probabilities = 0;
        int count = 0;
        for (TokenData token : tokens) {
            String piece = joiner.append(bytes(library.whisper_token_to_str(context, token.id)));
            if (piece.startsWith(" ") && count > 0) {
                words.add(new Word(wordStart, wordEnd, text.toString(), probabilities / count));
                text.setLength(0);
                probabilities = 0;
                count = 0;
            }
            if (count == 0) {
                wordStart = earlier(later(time(token.t0), wordEnd), end);
            }
            wordEnd = earlier(later(time(token.t1), wordStart), end);
            text.append(piece);
            probabilities += token.p;
            count++;
        }
        if (count > 0) {
            words.add(new Word(wordStart, wordEnd, text.append(joiner.flush()).toString(), probabilities / count));
        }
        return words;
    }

    /**
     * Returns a time in the whole audio, limited to the end of its part: the last window is padded, and the model may place text in
     * the padding.
     */
    private Duration time(long ticks) {
        Duration offset = Duration.ofNanos(sliceBegin * 1_000_000_000L / Audio.SAMPLE_RATE);
        return earlier(offset.plusNanos(Math.max(0, ticks) * NANOS_PER_TICK), limit);
    }

    private static long sample(Duration time) {
        return time.toSeconds() * Audio.SAMPLE_RATE + (long) time.toNanosPart() * Audio.SAMPLE_RATE / 1_000_000_000L;
    }

    private static Duration later(Duration first, Duration second) {
        return first.compareTo(second) >= 0 ? first : second;
    }

    private static Duration earlier(Duration first, Duration second) {
        return first.compareTo(second) <= 0 ? first : second;
    }

    private static byte[] bytes(Pointer text) {
        int length = 0;
        while (text.getByte(length) != 0) {
            length++;
        }
        return text.getByteArray(0, length);
    }
}
