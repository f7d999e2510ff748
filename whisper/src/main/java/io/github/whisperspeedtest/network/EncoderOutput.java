package io.github.whisperspeedtest.network;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import java.util.List;
import java.util.Optional;

/** The encoder output of a batch of windows, to which the decoder attends. */
public interface EncoderOutput extends AutoCloseable {
    /** Returns the number of windows. */
    int count();

    /**
     * Starts decoding with one sequence for each window.
     *
     * @param maxSequencesPerWindow maximum number of sequences per window in this session, at least 1
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    DecoderSession startDecoding(int maxSequencesPerWindow);

    /**
     * Starts a greedy search inside the engine, which avoids copying logits to Java. The result equals that of a search
     * with {@link #startDecoding}, up to rounding.
     *
     * @param windows rising indexes of the windows to decode
     * @param prompts a prompt for each of those, all equally long
     * @param startOfTranscript index of the start of the transcript in each prompt
     * @return empty where the engine has no such search
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    default Optional<GreedySession> startGreedy(
            int[] windows, int[][] prompts, int startOfTranscript, GreedyRules rules) {
        return Optional.empty();
    }

    /**
     * Returns the cross-attention scores of a sequence.
     *
     * @param window index of the window
     * @param tokens the whole sequence, at most {@code nTextCtx}
     * @param heads the heads of the cross-attention that are wanted
     * @return scores before the softmax: {@code [head][token][position]}, with a position for every two frames of the windows
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    float[][][] crossAttention(int window, int[] tokens, List<AttentionHead> heads);

    /** Frees all memory. Idempotent. */
    @Override
    void close();
}
