package io.github.whisperspeedtest.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.error.InvalidLogitsException;
import io.github.whisperspeedtest.network.GreedyRules;
import io.github.whisperspeedtest.network.GreedySession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The greedy search of the TorchScript program, several steps per native call.
 *
 * <p>Finished sequences remain in the batch, which costs less than copying the others, until only half of them are
 * active.
 */
final class TorchGreedySession implements GreedySession {
    private static final int TOKENS = 0;
    private static final int ENDED = 1;
    private static final int SUMS = 2;

    private final DecoderState decoder;
    private final GreedyRules rules;
    private final int promptLength;
    private final int stepsPerCall;
    private final NativeValues values = new NativeValues();
    private final IValue rulesOfProgram;
    private final IValue masks;
    private final float[] noSpeech;
    private final List<@Nullable Sequence> found;

    /** For each row of the state the sequence that it is. */
    private int[] rows;

    private IValue state;

    /** A list of one tensor, so that its rows are selected as those of the state are. */
    private IValue logits;

    private int count;

    /**
     * Takes the decoder over and has it read the prompts.
     *
     * @param stepsPerCall tokens that a native call decodes of each sequence
     */
    TorchGreedySession(
            DecoderState decoder, int[][] prompts, int startOfTranscript, GreedyRules rules, int stepsPerCall) {
        this.stepsPerCall = stepsPerCall;
        this.decoder = decoder;
        this.rules = rules;
        promptLength = prompts[0].length;
        rows = IntStream.range(0, prompts.length).toArray();
        found = new ArrayList<>();
        int last = promptLength - 1;
        int[] positions = startOfTranscript == last ? new int[] {last} : new int[] {startOfTranscript, last};
        rulesOfProgram = values.of(new int[] {rules.endOfText(), rules.firstTimestamp(), rules.timestamps() ? 1 : 0});
        try (NativeValues arguments = new NativeValues()) {
            IValue[] start = split(
                    arguments,
                    decoder.network()
                            .call(
                                    "start_greedy",
                                    arguments.own(decoder.append(prompts, positions)),
                                    arguments.of(positions.length),
                                    arguments.of(rules.noSpeech()),
                                    arguments.of(never()),
                                    arguments.of(notFirst()),
                                    arguments.of(rules.firstTimestamp()),
                                    arguments.of(rules.maxTokens())));
            logits = start[0];
            state = start[1];
            masks = values.own(start[2]);
            noSpeech = floats(arguments.own(start[3]));
        } catch (RuntimeException | Error e) {
            values.close();
            throw e;
        }
        for (int i = 0; i < rows.length; i++) {
            found.add(null);
        }
    }

    /** Returns the tokens that no text may contain. */
    private int[] never() {
        int from = rules.timestamps() ? vocabulary() : rules.firstTimestamp();
        return IntStream.concat(IntStream.of(rules.suppressTokens()), IntStream.range(from, vocabulary()))
                .toArray();
    }

    /** Returns the further tokens that no text may begin with. */
    private int[] notFirst() {
        int from = rules.timestamps() ? rules.lastInitialTimestamp() + 1 : vocabulary();
        return IntStream.concat(IntStream.of(rules.beginSuppressTokens()), IntStream.range(from, vocabulary()))
                .toArray();
    }

    private int vocabulary() {
        return decoder.network().dimensions().nVocab();
    }

    /** Returns the parts of a tuple, which the caller closes. */
    private static IValue[] split(NativeValues arguments, IValue tuple) {
        return arguments.own(tuple).toIValueTuple();
    }

    private float[] floats(IValue tensor) {
        try (PtNDArray array = tensor.toTensor(decoder.manager())) {
            return array.toFloatArray();
        }
    }

    @Override
    public boolean advance() {
        try (NativeValues arguments = new NativeValues()) {
            IValue[] result = split(
                    arguments, decoder.greedy(logits, promptLength, count, stepsPerCall, state, masks, rulesOfProgram));
            logits.close();
            logits = result[0];
            count = (int) arguments.own(result[1]).toLong();
        }
        boolean[] ended = ended();
        int[] running = IntStream.range(0, rows.length).filter(i -> !ended[i]).toArray();
        boolean more = running.length > 0 && count < rules.maxTokens();
        if (!more) {
            collect(IntStream.range(0, rows.length).toArray());
        } else if (2 * running.length <= rows.length) {
            collect(IntStream.range(0, rows.length).filter(i -> ended[i]).toArray());
            keep(running);
        }
        return more;
    }

    private boolean[] ended() {
        try (PtNDArray array = element(ENDED)) {
            return array.toBooleanArray();
        }
    }

    private PtNDArray element(int index) {
        PtNDArray[] all = state.toTensorArray(decoder.manager());
        for (int i = 0; i < all.length; i++) {
            if (i != index) {
                all[i].close();
            }
        }
        return all[index];
    }

    /** Notes what has been decoded in some rows. */
    private void collect(int[] wanted) {
        try (PtNDArray tokens = element(TOKENS);
                PtNDArray sums = element(SUMS)) {
            long[] ids = tokens.toLongArray();
            float[] logProbabilities = sums.toFloatArray();
            for (int row : wanted) {
                if (Float.isNaN(logProbabilities[row])) {
                    throw new InvalidLogitsException();
                }
                int from = row * rules.maxTokens();
                List<Integer> text = Arrays.stream(ids, from, from + count)
                        .mapToObj(Math::toIntExact)
                        .takeWhile(token -> token != rules.endOfText())
                        .toList();
                found.set(rows[row], new Sequence(text, logProbabilities[row], noSpeech[rows[row]]));
            }
        }
    }

    private void keep(int[] running) {
        decoder.select(running);
        IValue selected = decoder.selectRows(state, running);
        state.close();
        state = selected;
        IValue selectedLogits = decoder.selectRows(logits, running);
        logits.close();
        logits = selectedLogits;
        rows = IntStream.of(running).map(row -> rows[row]).toArray();
    }

    @Override
    public List<Sequence> sequences() {
        return found.stream()
                .map(sequence -> {
                    if (sequence == null) {
                        throw new IllegalStateException("There is more to decode.");
                    }
                    return sequence;
                })
                .toList();
    }

    @Override
    public void close() {
        values.close();
        logits.close();
        state.close();
        decoder.close();
    }
}
