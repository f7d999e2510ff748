package io.github.whisperspeedtest.decoding;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Selects the most probable token at temperature 0; above it, samples several sequences and keeps the most likely one.
 *
 * <p>Source: {@code GreedyDecoder} in openai/whisper's {@code decoding.py}. The random numbers are deterministic.
 */
final class SamplingSearch implements Search {
    private static final long SEED = 0x5eed;

    private final DecodingRules rules;
    private final LikelihoodRanker ranker;
    private final double temperature;
    private final int candidates;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<TokenSequence> sequences = new ArrayList<>();
    private final BitSet ended = new BitSet();
    private int steps;

    /**
     * Creates a search.
     *
     * @param candidates sequences to draw; 1 at temperature 0
     * @param start what each sequence starts with; extended
     */
    SamplingSearch(
            DecodingRules rules, LikelihoodRanker ranker, double temperature, int candidates, TokenSequence start) {
        this.rules = rules;
        this.ranker = ranker;
        this.temperature = temperature;
        this.candidates = candidates;
        sequences.add(start);
    }

    @Override
    public int sequences() {
        return sequences.size();
    }

    @Override
    public void advance(float[][] logits, int firstRow) {
        steps++;
        if (steps == 1) {
            TokenDistribution next = rules.next(logits[firstRow], sequences.get(0));
            while (sequences.size() < candidates) {
                sequences.add(sequences.get(0).copy());
            }
            for (int i = 0; i < candidates; i++) {
                advance(i, next);
            }
            return;
        }
        for (int i = 0; i < candidates; i++) {
            if (!ended.get(i)) {
                advance(i, rules.next(logits[firstRow + i], sequences.get(i)));
            }
        }
    }

    private void advance(int index, TokenDistribution next) {
        int token = temperature == 0 ? next.mostProbable() : next.sample(temperature, random);
        double logProbability = next.logProbability(token);
        if (token == rules.endOfText()) {
            sequences.get(index).addLogProbability(logProbability);
            ended.set(index);
        } else {
            sequences.get(index).append(token, logProbability);
        }
    }

    @Override
    public int parent(int sequence) {
        return steps == 1 ? 0 : sequence;
    }

    @Override
    public int lastToken(int sequence) {
        TokenSequence tokens = sequences.get(sequence);
        return ended.get(sequence) ? rules.endOfText() : tokens.token(tokens.length() - 1);
    }

    @Override
    public boolean isDone() {
        return ended.cardinality() == candidates;
    }

    @Override
    public TokenSequence best() {
        return ranker.best(sequences);
    }
}
