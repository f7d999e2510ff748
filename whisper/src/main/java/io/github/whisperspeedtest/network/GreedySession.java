package io.github.whisperspeedtest.network;

import java.util.List;

/** A greedy search inside an engine, with one sequence for each window. */
public interface GreedySession extends AutoCloseable {
    /**
     * The result of one window.
     *
     * @param tokens without the prompt and the token that ends the text
     * @param logProbability sum of the natural logarithms of the probabilities of all tokens, the one that ends the
     *     text included
     * @param noSpeechProbability no-speech probability
     */
    record Sequence(List<Integer> tokens, double logProbability, double noSpeechProbability) {
        /** Copies the list. */
        public Sequence {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * Decodes some more tokens, few enough that a caller can stop quickly.
     *
     * @return whether decoding continues
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    boolean advance();

    /** Returns the result of each window, in the order in which the windows were given. */
    List<Sequence> sequences();

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
