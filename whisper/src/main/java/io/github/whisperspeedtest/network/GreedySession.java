package io.github.whisperspeedtest.network;

import java.util.List;

/** A greedy search that an engine runs itself, one sequence for each window. */
public interface GreedySession extends AutoCloseable {
    /**
     * What was decoded of one window.
     *
     * @param tokens without the prompt and the token that ends the text
     * @param logProbability sum of the natural logarithms of the probabilities of all tokens, the one that ends the text included
     * @param noSpeechProbability probability that nobody speaks
     */
    record Sequence(List<Integer> tokens, double logProbability, double noSpeechProbability) {
        /** Copies the list. */
        public Sequence {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * Goes on for some tokens, few enough that a caller who wants to stop need not wait long.
     *
     * @return whether there is more to decode
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    boolean advance();

    /** Returns what has been decoded of each window, in the order in which they were given. */
    List<Sequence> sequences();

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
