package io.github.whisperspeedtest.decoding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Beam search: keeps the most probable sequences and extends each with its most probable tokens.
 *
 * <p>Source: {@code BeamSearchDecoder} in openai/whisper's {@code decoding.py}, with patience as in Kasai et al., "A
 * Call for Clarity in Beam Search", 2022.
 */
final class BeamSearch implements Search {
    private static final Comparator<TokenSequence> BY_PROBABILITY =
            Comparator.comparingDouble(TokenSequence::logProbability).reversed();

    private final DecodingRules rules;
    private final LikelihoodRanker ranker;
    private final int beamSize;
    private final int wanted;
    private final int[] tokens;
    private final int[] parents;
    private final List<TokenSequence> ended = new ArrayList<>();
    private List<TokenSequence> beams;

    /** A beam with a token that extends it. */
    private record Continuation(int beam, int token, double tokenLogProbability, double logProbability) {
        private static final Comparator<Continuation> BY_PROBABILITY =
                Comparator.comparingDouble(Continuation::logProbability).reversed();
    }

    /**
     * Creates a search.
     *
     * @param patience number of finished sequences required, divided by the number of beams
     * @param start what each sequence starts with
     */
    BeamSearch(DecodingRules rules, LikelihoodRanker ranker, int beamSize, double patience, TokenSequence start) {
        this.rules = rules;
        this.ranker = ranker;
        this.beamSize = beamSize;
        this.wanted = Math.max(1, (int) Math.rint(beamSize * patience));
        // One more than the number of beams, because one may be the end of text.
        this.tokens = new int[beamSize + 1];
        this.parents = new int[beamSize];
        this.beams = List.of(start);
    }

    @Override
    public int sequences() {
        return beams.size();
    }

    @Override
    public void advance(float[][] logits, int firstRow) {
        List<Continuation> continuations = continuations(logits, firstRow);
        List<TokenSequence> next = new ArrayList<>(beamSize);
        for (Continuation continuation : continuations) {
            TokenSequence beam = beams.get(continuation.beam).copy();
            if (continuation.token != rules.endOfText()) {
                beam.append(continuation.token, continuation.tokenLogProbability);
                parents[next.size()] = continuation.beam;
                next.add(beam);
                if (next.size() == beamSize) {
                    break;
                }
            } else if (ended.size() < wanted) {
                beam.addLogProbability(continuation.tokenLogProbability);
                ended.add(beam);
            }
        }
        fill(next);
        beams = next;
    }

    /** Returns the best extensions of all beams, the most probable first. */
    private List<Continuation> continuations(float[][] logits, int firstRow) {
        List<Continuation> continuations = new ArrayList<>(beams.size() * tokens.length);
        for (int i = 0; i < beams.size(); i++) {
            TokenDistribution distribution = rules.next(logits[firstRow + i], beams.get(i));
            distribution.mostProbable(tokens);
            for (int token : tokens) {
                double logProbability = token < 0 ? Double.NEGATIVE_INFINITY : distribution.logProbability(token);
                double total = beams.get(i).logProbability() + logProbability;
                if (total > Double.NEGATIVE_INFINITY) {
                    continuations.add(new Continuation(i, token, logProbability, total));
                }
            }
        }
        continuations.sort(Continuation.BY_PROBABILITY);
        return continuations;
    }

    /** Pads with impossible beams if the rules left too few, because the number of beams is fixed. */
    private void fill(List<TokenSequence> next) {
        while (next.size() < beamSize) {
            TokenSequence impossible = new TokenSequence(1);
            impossible.append(rules.endOfText(), Double.NEGATIVE_INFINITY);
            parents[next.size()] = 0;
            next.add(impossible);
        }
    }

    @Override
    public int parent(int sequence) {
        return parents[sequence];
    }

    @Override
    public int lastToken(int sequence) {
        TokenSequence beam = beams.get(sequence);
        return beam.token(beam.length() - 1);
    }

    @Override
    public boolean isDone() {
        return ended.size() >= wanted || beams.get(0).logProbability() == Double.NEGATIVE_INFINITY;
    }

    @Override
    public TokenSequence best() {
        List<TokenSequence> candidates = new ArrayList<>(ended);
        List<TokenSequence> unfinished = new ArrayList<>(beams);
        unfinished.sort(BY_PROBABILITY);
        for (TokenSequence beam : unfinished) {
            if (candidates.size() < beamSize) {
                candidates.add(beam);
            }
        }
        return ranker.best(candidates);
    }
}
