package io.github.whisperspeedtest.alignment;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WindowFrames;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.TokenWord;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Computes word timestamps of a window by aligning its tokens with the audio positions that they attend to.
 *
 * <p>Source: {@code find_alignment} in openai/whisper's {@code timing.py}.
 */
public final class WordAligner {
    private static final double WINDOW_SECONDS = 30;

    private final ModelDimensions dimensions;
    private final Tokenizer tokenizer;
    private final List<AttentionHead> heads;

    /**
     * Creates an aligner for one model.
     *
     * @param generation specifies the alignment heads; by default, all heads in the upper half of the decoder's layers
     */
    public WordAligner(ModelDimensions dimensions, Tokenizer tokenizer, GenerationConfig generation) {
        this.dimensions = dimensions;
        this.tokenizer = tokenizer;
        this.heads = generation.alignmentHeads(dimensions);
    }

    /**
     * Aligns the text of one window.
     *
     * @param windows the encoder's output, which stays open
     * @param window index of the window
     * @param startOfTranscript the tokens that a transcript starts with
     * @param language language code, which determines how words are separated
     * @param text the text tokens, without any other
     * @param frames frames of the window that hold audio
     * @return the words with times from the beginning of the window; empty if there is no text or no audio
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    public List<WordTiming> align(
            EncoderOutput windows,
            int window,
            int[] startOfTranscript,
            String language,
            List<Integer> text,
            int frames) {
        int positions = Math.min(frames / WindowFrames.PER_POSITION, dimensions.nAudioCtx());
        if (text.isEmpty() || positions == 0) {
            return List.of();
        }
        SpecialTokens specials = tokenizer.specials();
        // A token is predicted at the position of the previous token, so the row before the text belongs to its first
        // token.
        int before = startOfTranscript.length;
        int[] tokens = IntStream.concat(
                        IntStream.concat(Arrays.stream(startOfTranscript), IntStream.of(specials.noTimestamps())),
                        IntStream.concat(text.stream().mapToInt(Integer::intValue), IntStream.of(specials.endOfText())))
                .toArray();
        float[][] costs = AttentionMatrix.of(windows, window, tokens, before, tokens.length - 1, positions, heads);
        for (float[] row : costs) {
            for (int i = 0; i < row.length; i++) {
                row[i] = -row[i];
            }
        }
        int[] starts = DynamicTimeWarping.firstColumns(costs);
        double[] probabilities = TokenProbabilities.of(
                windows, window, tokens, before + 1, tokens.length - 1, specials.endOfText(), dimensions.nVocab());
        return words(tokenizer.words(text, language), starts, probabilities);
    }

    /** Joins what is known of tokens to words; {@code starts} has one entry more than there are tokens. */
    private List<WordTiming> words(List<TokenWord> words, int[] starts, double[] probabilities) {
        double secondsPerPosition = WINDOW_SECONDS / dimensions.nAudioCtx();
        List<WordTiming> timings = new ArrayList<>();
        int first = 0;
        for (TokenWord word : words) {
            int end = first + word.tokens().size();
            timings.add(new WordTiming(
                    word.text(),
                    word.tokens(),
                    starts[first] * secondsPerPosition,
                    starts[end] * secondsPerPosition,
                    Arrays.stream(probabilities, first, end).average().orElse(0)));
            first = end;
        }
        return List.copyOf(timings);
    }
}
