package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.GreedySession;
import io.github.whisperspeedtest.numeric.Exponentials;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Decodes several windows side by side, each with its own search.
 *
 * <p>The prompt is decoded once per window and then replicated for the sequences of the search. A window leaves the
 * batch when its search is done.
 *
 * <p>Not thread-safe: the rows of logits are reused from call to call.
 */
final class BatchSearch {
    private final int vocabulary;
    private final int contextLength;
    private final int noSpeechToken;
    private final Exponentials exponentials = new Exponentials();
    private final List<float[]> rows = new ArrayList<>();

    /**
     * The result of one window.
     *
     * @param tokens without the one that ends the text
     * @param logProbability sum of the natural logarithms of the probabilities of all tokens
     */
    record Found(List<Integer> tokens, double logProbability, double noSpeechProbability) {
        private static Found of(TokenSequence sequence, double noSpeechProbability) {
            return new Found(sequence.tokens(), sequence.logProbability(), noSpeechProbability);
        }
    }

    BatchSearch(int vocabulary, int contextLength, int noSpeechToken) {
        this.vocabulary = vocabulary;
        this.contextLength = contextLength;
        this.noSpeechToken = noSpeechToken;
    }

    /** Returns the maximum number of tokens decoded for one window: half of the decoder's context, as in the reference. */
    int maxTokens() {
        return contextLength / 2;
    }

    /**
     * Returns the maximum number of tokens decoded after a prompt, at least 1. It includes the last token of a full
     * context, although nothing can follow it. A prefix counts as decoded.
     */
    private int maxTokens(Prompt prompt) {
        return Math.max(1, Math.min(maxTokens() - prompt.prefix(), contextLength + 1 - prompt.tokens().length));
    }

    /**
     * Runs the searches.
     *
     * @param windows the encoder's output
     * @param wanted ascending indexes of the windows to decode
     * @param prompts a prompt for each of those, all equally long, and so their prefixes
     * @param maxSequences the most sequences that a search has
     * @param searches creates a search for a window with a prompt
     * @return the results in the order of {@code wanted}
     */
    List<Found> run(
            EncoderOutput windows,
            int[] wanted,
            List<Prompt> prompts,
            int maxSequences,
            Function<Prompt, ? extends Search> searches) {
        try (DecoderSession session = windows.startDecoding(maxSequences)) {
            if (wanted.length < windows.count()) {
                session.select(wanted);
            }
            List<Search> all = IntStream.range(0, wanted.length)
                    .<Search>mapToObj(i -> searches.apply(prompts.get(i)))
                    .toList();
            double[] noSpeech = new double[wanted.length];
            float[][] logits = readPrompts(session, prompts, noSpeech);
            continueAll(session, all, logits, maxTokens(prompts.get(0)));
            return IntStream.range(0, wanted.length)
                    .mapToObj(i -> Found.of(all.get(i).best(), noSpeech[i]))
                    .toList();
        }
    }

    /**
     * Runs a greedy search inside the engine.
     *
     * @param windows the encoder's output
     * @param wanted ascending indexes of the windows to decode
     * @param prompts a prompt for each of those, all equally long and without a prefix
     * @return the results in the order of {@code wanted}, empty where the engine has no such search
     */
    Optional<List<Found>> runInEngine(EncoderOutput windows, int[] wanted, List<Prompt> prompts, DecodingRules rules) {
        Optional<GreedySession> started = windows.startGreedy(
                wanted,
                prompts.stream().map(Prompt::tokens).toArray(int[][]::new),
                prompts.get(0).startOfTranscript(),
                rules.greedy(maxTokens(prompts.get(0))));
        return started.map(session -> {
            try (session) {
                boolean more = true;
                while (more) {
                    more = session.advance();
                }
                return session.sequences().stream()
                        .map(found -> new Found(found.tokens(), found.logProbability(), found.noSpeechProbability()))
                        .toList();
            }
        });
    }

    /** Appends the prompts and returns the logits after each; records the no-speech probability after the start of transcript. */
    private float[][] readPrompts(DecoderSession session, List<Prompt> prompts, double[] noSpeech) {
        int start = prompts.get(0).startOfTranscript();
        int last = prompts.get(0).tokens().length - 1;
        int[] positions = start == last ? new int[] {last} : new int[] {start, last};
        float[][] logits = rows(prompts.size() * positions.length);
        session.append(prompts.stream().map(Prompt::tokens).toArray(int[][]::new), positions, logits);
        float[][] afterLast = new float[prompts.size()][];
        for (int i = 0; i < afterLast.length; i++) {
            noSpeech[i] = noSpeechProbability(logits[i * positions.length]);
            afterLast[i] = logits[(i + 1) * positions.length - 1];
        }
        return afterLast;
    }

    private void continueAll(DecoderSession session, List<Search> searches, float[][] firstLogits, int steps) {
        List<Search> running = searches;
        float[][] logits = firstLogits;
        for (int step = 1; ; step++) {
            List<Search> unfinished = new ArrayList<>();
            IntStream.Builder parents = IntStream.builder();
            List<int[]> tokens = new ArrayList<>();
            int row = 0;
            for (Search search : running) {
                int before = search.sequences();
                search.advance(logits, row);
                if (!search.isDone()) {
                    unfinished.add(search);
                    for (int i = 0; i < search.sequences(); i++) {
                        parents.add(row + search.parent(i));
                        tokens.add(new int[] {search.lastToken(i)});
                    }
                }
                row += before;
            }
            if (unfinished.isEmpty() || step == steps) {
                return;
            }
            select(session, parents.build().toArray());
            running = unfinished;
            logits = rows(tokens.size());
            session.append(tokens.toArray(int[][]::new), new int[] {0}, logits);
        }
    }

    /** Reorders the sequences if necessary. */
    private static void select(DecoderSession session, int[] parents) {
        int[] unchanged = IntStream.range(0, session.sequences()).toArray();
        if (!Arrays.equals(parents, unchanged)) {
            session.select(parents);
        }
    }

    private double noSpeechProbability(float[] logits) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        return Math.exp(logits[noSpeechToken] - exponentials.logSum(logits, 0, logits.length, largest));
    }

    /** Returns rows for logits, reused from call to call. */
    private float[][] rows(int count) {
        while (rows.size() < count) {
            rows.add(new float[vocabulary]);
        }
        return rows.subList(0, count).toArray(float[][]::new);
    }
}
